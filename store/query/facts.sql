-- name: PutInteraction :exec
insert into interactions (company, id, call_id, direction, mode, from_number, to_number, contact, queue, agent,
    outcome, ended_by, came, answered, ended, talk, held, search, doc, parent)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
on conflict (company, id) do update set call_id = excluded.call_id, direction = excluded.direction, mode = excluded.mode,
    from_number = excluded.from_number, to_number = excluded.to_number, contact = excluded.contact, queue = excluded.queue,
    agent = excluded.agent, outcome = excluded.outcome, ended_by = excluded.ended_by, came = excluded.came,
    answered = excluded.answered, ended = excluded.ended, talk = excluded.talk, held = excluded.held,
    search = excluded.search, doc = excluded.doc, parent = excluded.parent;

-- name: PutInteractionAgent :exec
insert into interaction_agents (company, agent, came, interaction, talked) values ($1, $2, $3, $4, $5)
on conflict (company, agent, came, interaction) do update set talked = excluded.talked;

-- name: PutDistribution :exec
insert into distributions (company, interaction, place, queue, group_id, entered, gone, outcome, agent, wait)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (company, interaction, place) do update set queue = excluded.queue, group_id = excluded.group_id,
    entered = excluded.entered, gone = excluded.gone, outcome = excluded.outcome, agent = excluded.agent, wait = excluded.wait;

-- name: PutVoiceMessage :exec
insert into voice_messages (company, id, interaction, mailbox, from_number, from_name, name, given, length, file, heard, heard_by, done, done_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', 0, '')
on conflict (company, id) do update set interaction = excluded.interaction, mailbox = excluded.mailbox,
    from_number = excluded.from_number, from_name = excluded.from_name, name = excluded.name,
    given = excluded.given, length = excluded.length, file = excluded.file;

-- name: PutSpan :exec
insert into agent_spans (company, agent, began, state, ended, activity, reason) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (company, agent, began, state) do update set ended = excluded.ended, activity = excluded.activity, reason = excluded.reason;

-- name: InteractionDoc :one
select doc from interactions where company = $1 and id = $2;

-- name: HeardVoiceMessage :exec
update voice_messages set heard = $3, heard_by = $4 where company = $1 and id = $2 and heard = 0;

-- name: DoneVoiceMessage :exec
update voice_messages set done = $3, done_by = $4 where company = $1 and id = $2 and done = 0;

-- name: VoiceMessage :one
select id, interaction, mailbox, from_number, from_name, name, given, length, file, heard, heard_by, done, done_by
from voice_messages where company = $1 and id = $2;

-- name: VoiceMessages :many
select id, interaction, mailbox, from_number, from_name, name, given, length, file, heard, heard_by, done, done_by
from voice_messages
where company = sqlc.arg(company) and (given < sqlc.arg(before) or (given = sqlc.arg(before) and id < sqlc.arg(before_id)))
order by given desc, id desc limit sqlc.arg(most);

-- name: Spans :many
select agent, began, state, ended, activity, reason from agent_spans
where company = sqlc.arg(company) and agent = sqlc.arg(agent) and ended > sqlc.arg(since) and began < sqlc.arg(until)
order by began, ended;

-- name: SetMark :exec
insert into marks (company, name, value) values ($1, $2, $3)
on conflict (company, name) do update set value = excluded.value;

-- name: Mark :one
select value from marks where company = $1 and name = $2;
