-- name: PutContact :exec
insert into contacts (company, id, source, name, organisation, email, note, created, changed, search, vip)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (company, id) do update set source = excluded.source, name = excluded.name, organisation = excluded.organisation,
    email = excluded.email, note = excluded.note, changed = excluded.changed, search = excluded.search, vip = excluded.vip;

-- name: DeleteContact :execrows
delete from contacts where company = $1 and id = $2;

-- name: Contact :one
select id, source, name, organisation, email, note, created, changed, vip from contacts where company = $1 and id = $2;

-- name: Contacts :many
select id, source, name, organisation, email, note, created, changed, vip from contacts
where company = sqlc.arg(company) and search like cast(sqlc.arg(pattern) as text) escape '\'
  and (name > sqlc.arg(after_name) or (name = sqlc.arg(after_name) and id > sqlc.arg(after_id)))
order by name, id limit sqlc.arg(most);

-- name: AddNumber :exec
insert into contact_numbers (company, contact, place, number) values ($1, $2, $3, $4);

-- name: DeleteNumbers :exec
delete from contact_numbers where company = $1 and contact = $2;

-- name: Numbers :many
select number from contact_numbers where company = $1 and contact = $2 order by place;

-- name: ContactByNumber :one
select c.id, c.name, c.vip from contact_numbers n
join contacts c on c.company = n.company and c.id = n.contact
where n.company = $1 and n.number = $2 order by c.created, c.id limit 1;

-- name: CallsWith :one
select (select count(*) from interactions i where i.company = $1 and i.from_number = $2)
     + (select count(*) from interactions i where i.company = $1 and i.to_number = $2) as calls;
