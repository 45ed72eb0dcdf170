-- Who matters more than others, and how often somebody has called.

-- +goose Up

alter table contacts add column vip boolean not null default false;
create index interactions_from on interactions (company, from_number);
create index interactions_to on interactions (company, to_number);
