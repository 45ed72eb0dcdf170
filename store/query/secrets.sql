-- name: PutSecret :exec
insert into secrets (company, name, secret, changed) values ($1, $2, $3, $4)
on conflict (company, name) do update set secret = excluded.secret, changed = excluded.changed;

-- name: Secret :one
select secret from secrets where company = $1 and name = $2;
