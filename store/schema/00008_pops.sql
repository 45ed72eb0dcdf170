-- Buttons that were carried out for a call, and how that went.

-- +goose Up

create table pops (
    company     text   not null,
    id          text   not null,
    interaction text   not null,
    agent       text   not null,
    queue       text   not null,
    button      text   not null,
    label       text   not null,
    kind        text   not null,
    occasion    text   not null,
    address     text   not null,
    at          bigint not null,
    ended       bigint not null,
    outcome     text   not null,
    status      bigint not null,
    why         text   not null,
    primary key (company, id)
);
create index pops_of on pops (company, interaction, at);
