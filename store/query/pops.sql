-- name: PutPop :exec
insert into pops (company, id, interaction, agent, queue, button, label, kind, occasion, address, at, ended, outcome, status, why)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (company, id) do nothing;

-- name: Pops :many
select id, interaction, agent, queue, button, label, kind, occasion, address, at, ended, outcome, status, why from pops
where company = $1 and interaction = $2 order by at, id;

-- name: BlankPops :exec
update pops set address = '' where company = $1 and interaction = $2;
