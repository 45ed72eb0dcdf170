-- name: PutCompany :exec
insert into companies (id, name, created) values ($1, $2, $3)
on conflict (id) do update set name = excluded.name;

-- name: Companies :many
select id, name, created from companies order by id;

-- name: AddPlan :exec
insert into plans (company, revision, saved, author, doc) values ($1, $2, $3, $4, $5);

-- name: NewestPlan :one
select revision, saved, author, doc from plans where company = $1 order by revision desc limit 1;

-- name: PlanRevision :one
select cast(coalesce(max(revision), 0) as bigint) from plans where company = $1;

-- name: PlanAt :one
select revision, saved, author, doc from plans where company = $1 and revision = $2;

-- name: PlanList :many
select revision, saved, author from plans where company = $1 order by revision desc limit $2;

-- name: ForgetPlans :exec
delete from plans where company = $1 and revision <= $2;
