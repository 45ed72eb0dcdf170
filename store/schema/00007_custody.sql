-- What people say about recordings, whom they are shown to for a while, and who
-- was erased.

-- +goose Up

create table recording_comments (
    company   text   not null,
    recording text   not null,
    id        text   not null,
    at        bigint not null, -- when it was written
    user_id   text   not null,
    place     bigint not null, -- milliseconds from the recording's beginning
    text      text   not null,
    primary key (company, recording, id)
);

create table recording_links (
    company   text   not null,
    hash      text   not null, -- SHA-256 of the token in the address
    id        text   not null,
    recording text   not null,
    made      bigint not null,
    made_by   text   not null,
    expires   bigint not null,
    ended     bigint not null, -- taken back; 0: it was not
    primary key (company, hash)
);
create index recording_links_recording on recording_links (company, recording, made);

-- That somebody was erased is proven by what was erased, never by who it was.
create table erasures (
    company text   not null,
    id      text   not null,
    at      bigint not null,
    user_id text   not null,
    doc     text   not null,
    primary key (company, id)
);
create index erasures_at on erasures (company, at, id);
