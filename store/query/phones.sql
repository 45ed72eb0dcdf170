-- name: PutPhoneSecret :exec
insert into phone_secrets (company, user_id, extension, realm, md5, sha256, changed) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (company, user_id) do update set extension = excluded.extension, realm = excluded.realm,
    md5 = excluded.md5, sha256 = excluded.sha256, changed = excluded.changed;

-- name: PhoneSecrets :many
select p.user_id, p.extension, p.realm, p.md5, p.sha256 from phone_secrets p
join users u on u.company = p.company and u.id = p.user_id
where p.company = $1 and u.disabled = false order by p.user_id;
