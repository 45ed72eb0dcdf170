package sip

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Phones register once an hour. So that a restart costs nobody their phone for
// that long, registrations over UDP are kept in a file; after a start each is
// asked whether it is still there before it is rung.

// remembered is a registration in the file.
type remembered struct {
	Extension string         `json:"extension"`
	Contact   string         `json:"contact"`
	Address   netip.AddrPort `json:"address"` // where it sends from
	CallID    string         `json:"call_id"`
	CSeq      uint32         `json:"cseq"`
	Expires   time.Time      `json:"expires"`
}

// rememberEvery is how long a registration may be missing from the file.
const rememberEvery = 2 * time.Second

// remember writes the file now and then, until the endpoint is closed.
func (r *registrar) remember() {
	defer r.e.running.Done()
	again := time.NewTicker(rememberEvery)
	defer again.Stop()
	for closed := false; !closed; {
		select {
		case <-again.C:
		case <-r.e.closed:
			closed = true
		}
		if err := r.save(); err != nil {
			r.e.log.Error("the registered phones cannot be written down", "error", err)
		}
	}
}

// save writes the file, if anything has changed.
func (r *registrar) save() error {
	r.mu.Lock()
	if !r.changed {
		r.mu.Unlock()
		return nil
	}
	r.changed = false
	now, clock := r.e.opts.Now(), r.e.since()
	list := make([]remembered, 0, r.count)
	for _, o := range r.owners {
		for _, b := range o.bindings {
			if b.flow.conn == nil {
				list = append(list, remembered{o.ext, b.contact, b.flow.addr, b.callID, b.cseq, now.Add(time.Duration(b.expires - clock)).UTC()})
			}
		}
	}
	r.mu.Unlock()
	slices.SortFunc(list, func(a, b remembered) int {
		return cmp.Or(cmp.Compare(a.Extension, b.Extension), cmp.Compare(a.Contact, b.Contact))
	})
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return replaceFile(r.e.opts.Phones, text)
}

// replaceFile has the whole new text or the whole old one in a file.
func replaceFile(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// recall reads the file, before the lanes are at work. A file that cannot be
// read costs what it held, not the start.
func (r *registrar) recall() {
	text, err := os.ReadFile(r.e.opts.Phones)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var list []remembered
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		r.e.log.Error("the phones that were registered cannot be read; they have to register anew", "error", fmt.Errorf("%s: %w", r.e.opts.Phones, err))
		return
	}
	now, clock := r.e.opts.Now(), r.e.since()
	for i, x := range list {
		user, known := r.e.opts.Users(x.Extension)
		left := x.Expires.Sub(now)
		if _, ok := parseURI(x.Contact); !known || !ok || !x.Address.IsValid() || left <= 0 || left > longestTerm {
			continue
		}
		l := r.e.lanes[i%len(r.e.lanes)]
		o := r.ownerOf(who{x.Extension, user})
		b := &binding{
			on: o, l: l, contact: x.Contact, flow: flow{addr: x.Address}, callID: x.CallID, cseq: x.CSeq,
			expires: clock + int64(left), seen: clock - int64(r.e.opts.Timers.Ping),
		}
		o.bindings = append(o.bindings, b)
		r.flows[x.Address] = append(r.flows[x.Address], b)
		r.ips[x.Address.Addr()]++
		r.count++
		l.clock.set(clock+int64(i)*int64(time.Millisecond), b, 0) // not ten thousand at once
	}
}
