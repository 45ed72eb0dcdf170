package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// wire is the DevTools protocol over a pipe: JSON messages, each ended by a NUL.
type wire struct {
	out  io.WriteCloser
	in   io.ReadCloser
	mu   sync.Mutex
	next int
	wait map[int]chan message
	ears map[string][]func(method string, params json.RawMessage) // by session
	gone chan struct{}
}

type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

func newWire(out io.WriteCloser, in io.ReadCloser) *wire {
	w := &wire{
		out: out, in: in, wait: map[int]chan message{},
		ears: map[string][]func(string, json.RawMessage){}, gone: make(chan struct{}),
	}
	go w.read()
	return w
}

func (w *wire) read() {
	defer close(w.gone)
	r := bufio.NewReaderSize(w.in, 1<<20)
	for {
		b, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(b[:len(b)-1], &m) != nil {
			continue
		}
		w.mu.Lock()
		ears := w.ears[m.Session]
		c := w.wait[m.ID]
		delete(w.wait, m.ID)
		w.mu.Unlock()
		if m.Method == "" {
			if c != nil {
				c <- m
			}
			continue
		}
		for _, hear := range ears {
			hear(m.Method, m.Params)
		}
	}
}

// listen has f hear the events of a session, in order. It must not block.
func (w *wire) listen(session string, f func(method string, params json.RawMessage)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ears[session] = append(w.ears[session], f)
}

// post sends a command and waits for nothing.
func (w *wire) post(session, method string, params any) error {
	_, err := w.send(session, method, params)
	return err
}

// call sends a command and waits for its result.
func (w *wire) call(session, method string, params, result any) error {
	return w.callWithin(Patience+5*time.Second, session, method, params, result)
}

func (w *wire) callWithin(d time.Duration, session, method string, params, result any) error {
	c, err := w.send(session, method, params)
	if err != nil {
		return err
	}
	select {
	case m := <-c:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-w.gone:
		return errGone
	case <-time.After(d):
		return fmt.Errorf("%s: no answer in %v", method, d)
	}
}

func (w *wire) send(session, method string, params any) (chan message, error) {
	var raw json.RawMessage
	if params != nil {
		b, err := json.Marshal(params)
		if err != nil {
			return nil, err
		}
		raw = b
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next++
	b, err := json.Marshal(message{ID: w.next, Session: session, Method: method, Params: raw})
	if err != nil {
		return nil, err
	}
	c := make(chan message, 1)
	w.wait[w.next] = c
	if _, err := w.out.Write(append(b, 0)); err != nil {
		delete(w.wait, w.next)
		return nil, errGone
	}
	return c, nil
}

func (w *wire) close() {
	_ = w.out.Close()
	_ = w.in.Close()
}
