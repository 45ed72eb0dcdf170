-- Belfry's records, for SQLite and PostgreSQL alike. Instants are milliseconds
-- since 1970 UTC, 0 is never; lengths are milliseconds; ids are text.

-- +goose Up

create table companies (
    id      text   not null primary key,
    name    text   not null,
    created bigint not null
);

create table plans (
    company  text   not null,
    revision bigint not null,
    saved    bigint not null,
    author   text   not null,
    doc      text   not null,
    primary key (company, revision)
);

create table users (
    company  text    not null,
    id       text    not null,
    login    text    not null,
    name     text    not null,
    hash     text    not null, -- argon2id; empty: cannot log in
    disabled boolean not null,
    changed  bigint  not null,
    primary key (company, id)
);
create unique index users_login on users (company, login);

create table sessions (
    hash    text   not null primary key, -- SHA-256 of the token
    company text   not null,
    user_id text   not null,
    about   text   not null, -- which browser, in words
    created bigint not null,
    seen    bigint not null,
    expires bigint not null
);
create index sessions_user on sessions (company, user_id);
create index sessions_expires on sessions (expires);

create table contacts (
    company      text   not null,
    id           text   not null,
    source       text   not null, -- crm, directory
    name         text   not null,
    organisation text   not null,
    email        text   not null,
    note         text   not null,
    created      bigint not null,
    changed      bigint not null,
    search       text   not null,
    primary key (company, id)
);
create index contacts_name on contacts (company, name, id);

create table contact_numbers (
    company text   not null,
    contact text   not null,
    place   bigint not null,
    number  text   not null,
    primary key (company, contact, place)
);
create index contact_numbers_number on contact_numbers (company, number);

create table interactions (
    company     text   not null,
    id          text   not null,
    call_id     text   not null,
    direction   text   not null,
    mode        text   not null,
    from_number text   not null,
    to_number   text   not null,
    contact     text   not null,
    queue       text   not null,
    agent       text   not null,
    outcome     text   not null,
    ended_by    text   not null,
    came        bigint not null,
    answered    bigint not null,
    ended       bigint not null,
    talk        bigint not null,
    held        bigint not null,
    search      text   not null,
    doc         text   not null,
    primary key (company, id)
);
create index interactions_came on interactions (company, came, id);
create index interactions_queue on interactions (company, queue, came, id);

-- Who talked in a call or was offered it: an agent's own history.
create table interaction_agents (
    company     text   not null,
    agent       text   not null,
    came        bigint not null,
    interaction text   not null,
    talked      boolean not null,
    primary key (company, agent, came, interaction)
);

create table distributions (
    company     text   not null,
    interaction text   not null,
    place       bigint not null,
    queue       text   not null,
    group_id    text   not null,
    entered     bigint not null,
    gone        bigint not null,
    outcome     text   not null,
    agent       text   not null,
    wait        bigint not null,
    primary key (company, interaction, place)
);
create index distributions_queue on distributions (company, queue, entered);

create table voice_messages (
    company     text   not null,
    id          text   not null,
    interaction text   not null,
    mailbox     text   not null,
    from_number text   not null,
    from_name   text   not null,
    name        text   not null,
    given       bigint not null,
    length      bigint not null,
    file        text   not null,
    heard       bigint not null,
    heard_by    text   not null,
    done        bigint not null,
    done_by     text   not null,
    primary key (company, id)
);
create index voice_messages_given on voice_messages (company, given, id);

create table agent_spans (
    company  text   not null,
    agent    text   not null,
    began    bigint not null,
    state    text   not null,
    ended    bigint not null,
    activity text   not null,
    reason   text   not null,
    primary key (company, agent, began, state)
);
create index agent_spans_began on agent_spans (company, began);

-- Idempotency-Key: what was answered to a request, for 24 h.
create table requests (
    company text   not null,
    user_id text   not null,
    idem    text   not null,
    body    text   not null, -- hash of what was asked
    at      bigint not null,
    status  bigint not null, -- 0: under way
    answer  text   not null,
    primary key (company, user_id, idem)
);
create index requests_at on requests (at);

create table marks (
    company text   not null,
    name    text   not null,
    value   bigint not null,
    primary key (company, name)
);
