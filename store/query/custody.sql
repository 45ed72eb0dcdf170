-- name: AddComment :exec
insert into recording_comments (company, recording, id, at, user_id, place, text) values ($1, $2, $3, $4, $5, $6, $7);

-- name: Comments :many
select id, at, user_id, place, text from recording_comments where company = $1 and recording = $2 order by place, id limit 500;

-- name: CountComments :one
select count(*) from recording_comments where company = $1 and recording = $2;

-- name: Comment :one
select user_id from recording_comments where company = $1 and recording = $2 and id = $3;

-- name: DeleteComment :exec
delete from recording_comments where company = $1 and recording = $2 and id = $3;

-- name: DeleteComments :exec
delete from recording_comments where company = $1 and recording = $2;

-- name: AddLink :exec
insert into recording_links (company, hash, id, recording, made, made_by, expires, ended) values ($1, $2, $3, $4, $5, $6, $7, 0);

-- name: Links :many
select id, made, made_by, expires, ended from recording_links where company = $1 and recording = $2 order by made desc, id limit 200;

-- name: Link :one
select id, recording, made, made_by, expires, ended from recording_links where company = $1 and hash = $2;

-- name: EndLink :execrows
update recording_links set ended = $4 where company = $1 and recording = $2 and id = $3 and ended = 0;

-- name: CountLink :one
select count(*) from recording_links where company = $1 and recording = $2 and id = $3;
