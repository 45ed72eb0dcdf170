-- What was said in calls, who listened to it, and what became of it. A row stays
-- when its files are deleted: it says when, by whom and why.

-- +goose Up

create table recordings (
    company     text    not null,
    id          text    not null,
    interaction text    not null,
    queue       text    not null,
    kept        bigint  not null,
    length      bigint  not null,
    file        text    not null,
    rate        bigint  not null,
    tracks      bigint  not null,
    held        bigint  not null, -- under legal hold since then
    held_by     text    not null,
    deleted     bigint  not null,
    deleted_by  text    not null, -- empty: the rule
    deleted_why text    not null, -- asked, or how many days the queue keeps
    sha256      text    not null, -- of what was deleted
    removed     boolean not null, -- its files are gone
    primary key (company, id)
);
create index recordings_kept on recordings (company, kept, id);
create index recordings_interaction on recordings (company, interaction);

-- Every time somebody listened: written before the first byte leaves.
create table recording_plays (
    company   text   not null,
    recording text   not null,
    n         bigint not null,
    at        bigint not null,
    user_id   text   not null,
    address   text   not null,
    part      text   not null, -- Range as it was asked for; empty: all
    primary key (company, recording, n)
);

create table notices (
    company text   not null,
    at      bigint not null,
    kind    text   not null,
    call_id text   not null,
    agent   text   not null,
    what    text   not null,
    primary key (company, at, kind, call_id)
);

-- Who took part in a call, from the call's side.
create index interaction_agents_interaction on interaction_agents (company, interaction, agent);
-- What a call served: a consultation, a call back.
alter table interactions add column parent text not null default '';
create index interactions_parent on interactions (company, parent);
