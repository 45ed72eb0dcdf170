-- name: PutUser :exec
insert into users (company, id, login, name, hash, disabled, changed) values ($1, $2, $3, $4, '', false, $5)
on conflict (company, id) do update set login = excluded.login, name = excluded.name, disabled = false;

-- name: DisableUser :exec
update users set disabled = true, login = id, changed = $3 where company = $1 and id = $2;

-- name: Users :many
select id, login, name, hash, disabled from users where company = $1 order by login;

-- name: UserByLogin :one
select id, login, name, hash, disabled from users where company = $1 and login = $2;

-- name: SetHash :execrows
update users set hash = $3, changed = $4 where company = $1 and id = $2;

-- name: AddSession :exec
insert into sessions (hash, company, user_id, about, created, seen, expires) values ($1, $2, $3, $4, $5, $6, $7);

-- name: Session :one
select s.user_id, s.about, s.created, s.seen, s.expires from sessions s
join users u on u.company = s.company and u.id = s.user_id
where s.hash = $1 and s.company = $2 and s.expires > $3 and u.disabled = false;

-- name: SeeSession :exec
update sessions set seen = $2 where hash = $1;

-- name: EndSession :exec
delete from sessions where hash = $1 and company = $2;

-- name: EndSessions :execrows
delete from sessions where company = $1 and user_id = $2 and hash <> $3;

-- name: ForgetSessions :exec
delete from sessions where expires <= $1;
