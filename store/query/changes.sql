-- name: LastChange :one
select cast(coalesce(max(seq), 0) as bigint) from changes where company = $1;

-- name: AddChange :exec
insert into changes (company, seq, at, revision, author, origin, list, thing, name, was, became)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: Changes :many
select seq, at, revision, author, origin, list, thing, name, was, became from changes
where company = sqlc.arg(company) and seq < sqlc.arg(before)
  and (cast(sqlc.arg(list) as text) = '' or list = cast(sqlc.arg(list) as text))
  and (cast(sqlc.arg(thing) as text) = '' or thing = cast(sqlc.arg(thing) as text))
  and (cast(sqlc.arg(author) as text) = '' or author = cast(sqlc.arg(author) as text))
order by seq desc limit sqlc.arg(most);
