-- name: PutQualification :exec
insert into qualifications (company, interaction, agent, queue, value, note, due, at) values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (company, interaction, agent) do update set queue = excluded.queue, value = excluded.value, note = excluded.note,
    due = excluded.due, at = excluded.at
where qualifications.at <= excluded.at;

-- name: Qualifications :many
select interaction, agent, queue, value, note, due, at from qualifications
where company = $1 and interaction = $2 order by at, agent;

-- name: DueQualifications :many
select interaction, agent, queue, value, note, due, at from qualifications
where company = $1 and due = $2 order by at desc, interaction limit $3;
