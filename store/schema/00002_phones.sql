-- What a SIP phone logs in with. A phone proves that it knows the password
-- without sending it (RFC 8760), which takes the hash of extension, realm and
-- password, not the password.

-- +goose Up

create table phone_secrets (
    company   text   not null,
    user_id   text   not null,
    extension text   not null, -- the hashes are of this one: with another the phone needs a new secret
    realm     text   not null,
    md5       text   not null, -- hexadecimal, for phones that know nothing better
    sha256    text   not null,
    changed   bigint not null,
    primary key (company, user_id)
);
