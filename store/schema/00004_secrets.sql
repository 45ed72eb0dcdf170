-- Passwords of ours at other people's servers: trunks. We prove that we know
-- them, which takes the password itself.

-- +goose Up

create table secrets (
    company text   not null,
    name    text   not null,
    secret  text   not null,
    changed bigint not null,
    primary key (company, name)
);
