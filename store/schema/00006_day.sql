-- How calls went, by the agents who had them, and what is still owed of that.

-- +goose Up

create table qualifications (
    company     text    not null,
    interaction text    not null,
    agent       text    not null,
    queue       text    not null,
    value       text    not null,
    note        text    not null,
    due         boolean not null, -- still to be said
    at          bigint  not null,
    primary key (company, interaction, agent)
);
create index qualifications_due on qualifications (company, due, at);

-- Many devices may be lost in the same millisecond: each is told.
create table notices_by_agent (
    company text   not null,
    at      bigint not null,
    kind    text   not null,
    call_id text   not null,
    agent   text   not null,
    what    text   not null,
    primary key (company, at, kind, call_id, agent)
);
insert into notices_by_agent (company, at, kind, call_id, agent, what)
select company, at, kind, call_id, agent, what from notices;
drop table notices;
alter table notices_by_agent rename to notices;
