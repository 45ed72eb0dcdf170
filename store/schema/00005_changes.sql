-- Who changed what in the plan: the thing as it was and as it is, as JSON.
-- Passwords are noted and never kept.

-- +goose Up

create table changes (
    company  text   not null,
    seq      bigint not null,
    at       bigint not null,
    revision bigint not null, -- of the plan after it; 0: not in the plan
    author   text   not null, -- empty: the program itself, or from the terminal
    origin   text   not null, -- the address it came from
    list     text   not null, -- users, queues, …
    thing    text   not null,
    name     text   not null,
    was      text   not null, -- JSON; empty: there was none
    became   text   not null, -- JSON; empty: it is gone
    primary key (company, seq)
);
create index changes_thing on changes (company, list, thing, seq);
