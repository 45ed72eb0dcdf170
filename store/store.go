package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"belfry/core"
	"belfry/store/q"
)

//go:embed schema/*.sql
var schema embed.FS

// Store is the records of one company. Its methods may be called from any
// goroutine.
type Store struct {
	path   string
	write  *sql.DB // one connection, the writer's
	read   *sql.DB
	ask    *q.Queries // on read
	writer *writer
	now    func() time.Time
	guess  chan struct{} // those who check a password; it takes much memory
	owner  owner
}

// Open opens the SQLite database at path, makes it when there is none, and
// brings its schema up to date. Its errors name the path and say what is wrong:
// a folder that cannot be written to, a file that is no database, one that
// another program holds, one that a newer Belfry has written.
func Open(ctx context.Context, path string) (*Store, error) {
	s, err := open(ctx, path, time.Now)
	if err != nil {
		return nil, explain(path, err)
	}
	return s, nil
}

func open(ctx context.Context, path string, now func() time.Time) (*Store, error) {
	if err := writable(path); err != nil {
		return nil, err
	}
	s := &Store{path: path, now: now, guess: make(chan struct{}, guessers)}
	var err error
	if s.write, err = connect(path, "_txlock=immediate&_pragma=wal_autocheckpoint(4000)"); err != nil {
		return nil, err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = connect(path, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.read.Close(), s.write.Close())
	}
	return s, nil
}

const (
	readers  = 8
	busyTime = "5000" // ms to wait for another program's write
)

func connect(path, option string) (*sql.DB, error) {
	// synchronous=FULL: what was said to be kept outlives a power cut.
	name := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String() +
		"?_pragma=busy_timeout(" + busyTime + ")&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)" +
		"&_pragma=cache_size(-16000)&_pragma=mmap_size(1073741824)&" + option
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return db, nil
}

func (s *Store) prepare(ctx context.Context) error {
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	var err error
	if s.ask, err = q.Prepare(ctx, s.read); err != nil {
		return err
	}
	change, err := q.Prepare(ctx, s.write)
	if err != nil {
		return err
	}
	if err := s.findOwner(ctx); err != nil {
		return err
	}
	s.writer = newWriter(s.write, change, s.tidy)
	return nil
}

// Close waits for what is being written and closes the database.
func (s *Store) Close() error {
	s.writer.close()
	return errors.Join(s.ask.Close(), s.read.Close(), s.write.Close())
}

// Ready says whether the database answers.
func (s *Store) Ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return s.read.PingContext(ctx)
}

// errNewer is a schema that this program does not know.
var errNewer = errors.New("it was written by a newer Belfry")

// migrate brings the schema up to date. It never goes back.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	have, known, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > known {
		return fmt.Errorf("%w: its schema is %d, this one knows %d", errNewer, have, known)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return nil
}

// writable makes the folder and finds out whether a file can be made in it.
// SQLite needs to make files beside the database.
func writable(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	probe, err := os.CreateTemp(dir, ".probe*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// explain puts an error of Open in words that say what to do.
func explain(path string, err error) error {
	code := 0
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		code = e.Code() & 0xff
	}
	text := ""
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist), code == sqlite3.SQLITE_READONLY, code == sqlite3.SQLITE_CANTOPEN:
		text = "it cannot be written to; look at the folder's owner and rights"
	case code == sqlite3.SQLITE_BUSY, code == sqlite3.SQLITE_LOCKED:
		text = "another program holds it"
	case code == sqlite3.SQLITE_NOTADB, code == sqlite3.SQLITE_CORRUPT:
		text = "it is not a sound database"
	case code == sqlite3.SQLITE_FULL:
		text = "the disk is full"
	case errors.Is(err, errNewer):
		text = "use the Belfry that wrote it, or a newer one"
	default:
		return fmt.Errorf("open %s: %w", path, err)
	}
	return &core.Error{Kind: core.Conflict, Code: "database", Field: path, Text: fmt.Sprintf("%s (%v)", text, err)}
}

// ms is the instant as it is kept: milliseconds, 0 for never.
func ms(t core.Time) int64 { return int64(t) / int64(time.Millisecond) }

// fromMS is the instant that was kept.
func fromMS(n int64) core.Time { return core.Time(n) * core.Time(time.Millisecond) }

// missing turns sql.ErrNoRows into an error of kind Missing.
func missing(err error, code, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return core.Errorf(core.Missing, code, format, args...)
	}
	return err
}
