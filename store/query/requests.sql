-- name: BeginRequest :execrows
insert into requests (company, user_id, idem, body, at, status, answer) values ($1, $2, $3, $4, $5, 0, '')
on conflict (company, user_id, idem) do nothing;

-- name: Request :one
select body, at, status, answer from requests where company = $1 and user_id = $2 and idem = $3;

-- name: EndRequest :exec
update requests set status = $4, answer = $5 where company = $1 and user_id = $2 and idem = $3;

-- name: DropRequest :exec
delete from requests where company = $1 and user_id = $2 and idem = $3;

-- name: ForgetRequests :exec
delete from requests where at < $1;
