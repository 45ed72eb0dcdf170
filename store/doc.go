// Package store keeps Belfry's records in SQL: plans, users and sessions,
// contacts, the interactions that calls leave, voice messages and agents' days.
// There is one SQL text for SQLite and PostgreSQL; what is not in query/ and
// checked by sqlc is the history search, which is put together from conditions.
//
// It decides nothing: who may see or change what is the API's business, and
// what a call's outcome is, the floor's. Live state is not here; until a call
// is over nothing of it is.
package store
