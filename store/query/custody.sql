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

-- name: DropVoiceMessage :exec
delete from voice_messages where company = $1 and id = $2;

-- name: BlankQualifications :exec
update qualifications set note = '' where company = $1 and interaction = $2;

-- name: BlankNotices :exec
update notices set what = '' where company = $1 and call_id = $2;

-- name: ContactsOfNumber :many
select contact from contact_numbers where company = $1 and number = $2 order by contact;

-- name: DropNumber :exec
delete from contact_numbers where company = $1 and number = $2;

-- name: CountNumbers :one
select count(*) from contact_numbers where company = $1 and contact = $2;

-- name: AddErasure :exec
insert into erasures (company, id, at, user_id, doc) values ($1, $2, $3, $4, $5);

-- name: Erasures :many
select id, at, user_id, doc from erasures
where company = sqlc.arg(company) and (at < sqlc.arg(before) or (at = sqlc.arg(before) and id < sqlc.arg(before_id)))
order by at desc, id desc limit sqlc.arg(most);
