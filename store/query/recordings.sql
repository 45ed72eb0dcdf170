-- name: PutRecording :exec
insert into recordings (company, id, interaction, queue, kept, length, file, rate, tracks,
    held, held_by, deleted, deleted_by, deleted_why, sha256, removed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', 0, '', '', '', false)
on conflict (company, id) do nothing;

-- name: PutNotice :exec
insert into notices (company, at, kind, call_id, agent, what) values ($1, $2, $3, $4, $5, $6)
on conflict (company, at, kind, call_id, agent) do nothing;

-- name: Notices :many
select at, kind, call_id, agent, what from notices where company = $1 order by at desc, kind, call_id limit $2;

-- name: Recording :one
select id, interaction, queue, kept, length, file, rate, tracks, held, held_by, deleted, deleted_by, deleted_why, sha256, removed
from recordings where company = $1 and id = $2;

-- name: HoldRecording :exec
update recordings set held = $3, held_by = $4 where company = $1 and id = $2;

-- name: DeleteRecording :execrows
update recordings set deleted = $3, deleted_by = $4, deleted_why = $5, sha256 = $6
where company = $1 and id = $2 and held = 0 and deleted = 0;

-- name: RemovedRecording :exec
update recordings set removed = true where company = $1 and id = $2 and deleted > 0;

-- name: RecordingsToRemove :many
select id, file from recordings where company = $1 and deleted > 0 and removed = false order by id limit 1000;

-- name: OldRecordings :many
select id, interaction, queue, kept, length, file, rate, tracks, held, held_by, deleted, deleted_by, deleted_why, sha256, removed
from recordings
where company = sqlc.arg(company) and kept < sqlc.arg(before) and deleted = 0 and held = 0
  and (kept > sqlc.arg(after) or (kept = sqlc.arg(after) and id > sqlc.arg(after_id)))
order by kept, id limit sqlc.arg(most);

-- name: QueuesOf :many
select distinct queue from distributions where company = $1 and interaction = $2 order by queue;

-- name: LastPlay :one
select cast(coalesce(max(n), 0) as bigint) from recording_plays where company = $1 and recording = $2;

-- name: AddPlay :exec
insert into recording_plays (company, recording, n, at, user_id, address, part) values ($1, $2, $3, $4, $5, $6, $7);

-- name: Plays :many
select n, at, user_id, address, part from recording_plays
where company = sqlc.arg(company) and recording = sqlc.arg(recording) and n < sqlc.arg(before)
order by n desc limit sqlc.arg(most);
