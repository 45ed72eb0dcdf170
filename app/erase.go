package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"belfry/api"
	"belfry/core"
	"belfry/store"
)

// erasures take people out of the records, off the disk and out of the floor's
// memory, in this order: files first, the rows with the proof, the floor last. One
// that is cut short is asked for again.
type erasures struct {
	recordings
	tell func(core.Event) error
}

// settles is how long after a call its recording and its record may still come.
const settles = time.Minute

// Erase erases a person.
func (e erasures) Erase(ctx context.Context, who api.Person, id string, by core.UserID, at core.Time) (*api.Erasure, error) {
	p := store.Person(who)
	t, err := e.TracesOf(ctx, &p)
	if err != nil {
		return nil, err
	}
	if at.Sub(t.Last) < settles {
		return nil, core.Errorf(core.Conflict, "just-called", "A call with this person ended less than a minute ago, and what is kept of it may still come. Try again in a minute.")
	}
	proof := store.Erasure{ID: id, At: at, By: by, Contacts: len(t.Contacts)}
	if p.Contact != "" && !slices.Contains(t.Contacts, p.Contact) {
		proof.Contacts++
	}
	if err := e.eraseFiles(ctx, t, &proof, by, at); err != nil {
		return nil, err
	}
	if err := e.Store.Erase(ctx, &p, &proof); err != nil {
		return nil, err
	}
	if len(p.Numbers) > 0 {
		if err := e.tell(core.NumbersErased{Numbers: p.Numbers}); err != nil {
			return nil, fmt.Errorf("tell the floor whom to forget: %w", err)
		}
	}
	return erasure(&proof), nil
}

// eraseFiles removes the recordings and messages, save what is under legal hold:
// that, and the record of its call, stays whole.
func (e erasures) eraseFiles(ctx context.Context, t *store.Traces, proof *store.Erasure, by core.UserID, at core.Time) error {
	for i := range t.Recordings {
		r := &t.Recordings[i]
		switch {
		case !r.HeldAt.IsZero():
			proof.Kept, proof.KeptCalls = append(proof.Kept, r.ID), append(proof.KeptCalls, r.Interaction)
		case r.DeletedAt.IsZero():
			sum := e.sum(r.File)
			if err := e.delete(ctx, r, by, "erased", at); err != nil {
				return err
			}
			proof.Recordings = append(proof.Recordings, store.ErasedFile{ID: r.ID, SHA256: sum})
		}
	}
	for _, id := range t.Interactions {
		if !slices.Contains(proof.KeptCalls, id) {
			proof.Interactions = append(proof.Interactions, id)
		}
	}
	root, err := os.OpenRoot(e.dir)
	if err != nil {
		return fmt.Errorf("open the data folder: %w", err)
	}
	defer root.Close() //nolint:errcheck // what is removed is removed
	for _, m := range t.Messages {
		if slices.Contains(proof.KeptCalls, m.Interaction) {
			continue
		}
		sum, err := sumOf(root, m.File)
		if err == nil {
			err = root.Remove(m.File)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a voice message: %w", err)
		}
		proof.Messages = append(proof.Messages, store.ErasedFile{ID: m.ID, SHA256: sum})
	}
	return nil
}

func sumOf(root *os.Root, name string) (string, error) {
	f, err := root.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Erasures are the proofs, newest first.
func (e erasures) Erasures(ctx context.Context, after string, limit int) ([]api.Erasure, string, error) {
	got, next, err := e.Store.Erasures(ctx, after, limit)
	return each(got, func(x store.Erasure) api.Erasure { return *erasure(&x) }), next, err
}

func erasure(x *store.Erasure) *api.Erasure {
	files := func(all []store.ErasedFile) []api.ErasedFile {
		return each(all, func(f store.ErasedFile) api.ErasedFile { return api.ErasedFile(f) })
	}
	return &api.Erasure{
		ID: x.ID, At: x.At, By: x.By, Interactions: x.Interactions, Recordings: files(x.Recordings), Messages: files(x.Messages),
		Contacts: x.Contacts, Kept: x.Kept,
	}
}
