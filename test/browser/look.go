package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Eval runs an expression in the page, waits for it if it is a promise, and puts
// its value into result (nil: nowhere).
func (p *Page) Eval(expression string, result any) {
	p.t.Helper()
	p.must(p.eval(expression, result, Patience+2*time.Second))
}

func (p *Page) eval(expression string, result any, within time.Duration) error {
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := p.b.wire.callWithin(within, p.session, "Runtime.evaluate", map[string]any{
		"expression": expression, "awaitPromise": true, "returnByValue": true,
	}, &r); err != nil {
		return err
	}
	if e := r.ExceptionDetails; e != nil {
		return fmt.Errorf("in the page: %s %s", e.Text, e.Exception.Description)
	}
	if result == nil || len(r.Result.Value) == 0 {
		return nil
	}
	return json.Unmarshal(r.Result.Value, result)
}

// Wait waits until the expression, asked over and over within the page, is true.
func (p *Page) Wait(expression string) {
	p.t.Helper()
	p.WaitFor(expression, Patience)
}

// WaitFor is Wait with a time of its own.
func (p *Page) WaitFor(expression string, within time.Duration) {
	p.t.Helper()
	deadline := time.Now().Add(within)
	for {
		// A navigation tears the question up with the page that was asked: ask
		// the next one.
		var ok bool
		err := p.eval(fmt.Sprintf(waiter, expression, time.Until(deadline).Milliseconds()), &ok, within+2*time.Second)
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			if err != nil {
				p.fail("waited %v in vain for %s: %v", within, expression, err)
			}
			p.fail("waited %v in vain for %s", within, expression)
		}
	}
}

// waiter polls with a message to itself: timers of a hidden page are slow.
const waiter = `new Promise((done) => {
	const until = performance.now() + %[2]d;
	const pipe = new MessageChannel();
	const look = async () => {
		let ok = false;
		try { ok = await (%[1]s); } catch {}
		if (ok) return done(true);
		if (performance.now() > until) return done(false);
		document.hidden ? pipe.port2.postMessage(0) : setTimeout(look, 10);
	};
	pipe.port1.onmessage = look;
	look();
})`

// WaitText waits until the page shows the text.
func (p *Page) WaitText(text string) {
	p.t.Helper()
	quoted, _ := json.Marshal(text)
	p.Wait(fmt.Sprintf(`document.body && document.body.innerText.includes(%s)`, quoted))
}

// WaitNoText waits until the page does not show the text.
func (p *Page) WaitNoText(text string) {
	p.t.Helper()
	quoted, _ := json.Marshal(text)
	p.Wait(fmt.Sprintf(`document.body && !document.body.innerText.includes(%s)`, quoted))
}

// Text is what the page shows.
func (p *Page) Text() string {
	p.t.Helper()
	var s string
	p.Eval(`document.body.innerText`, &s)
	return s
}

// Has says whether there is a control of the role with exactly that name, as a
// screen reader would find it. An empty name is any.
func (p *Page) Has(role, name string) bool {
	p.t.Helper()
	node, err := p.find(role, name)
	return err == nil && node != 0
}

// Find waits for a control and returns nothing: it is there.
func (p *Page) Find(role, name string) { p.t.Helper(); p.node(role, name) }

// Gone waits until there is no such control.
func (p *Page) Gone(role, name string) {
	p.t.Helper()
	p.poll(fmt.Sprintf("the %s %q to go", role, name), func() bool {
		node, err := p.find(role, name)
		return err == nil && node == 0
	})
}

// Click waits for a control and presses it with the mouse where it stands.
func (p *Page) Click(role, name string) {
	p.t.Helper()
	var x, y float64
	for deadline := time.Now().Add(Patience); ; {
		var err error
		if x, y, err = p.middle(p.node(role, name)); err == nil {
			break
		}
		if time.Now().After(deadline) { // else it was drawn anew in between
			p.fail("the %s %q cannot be pressed: %v", role, name, err)
		}
	}
	for _, kind := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		p.must(p.call("Input.dispatchMouseEvent", map[string]any{
			"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1,
		}, nil))
	}
}

// Type waits for a control, empties it and types the text into it.
func (p *Page) Type(role, name, text string) {
	p.t.Helper()
	p.must(p.call("DOM.focus", map[string]any{"backendNodeId": p.node(role, name)}, nil))
	p.Eval(`document.activeElement.select?.()`, nil)
	p.Insert(text)
}

// Press presses a key on what has the focus, with modifiers "Alt", "Control",
// "Shift". Keys are named as in KeyboardEvent.key.
func (p *Page) Press(key string, modifiers ...string) {
	p.t.Helper()
	bits := 0
	for _, m := range modifiers {
		bits |= map[string]int{"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}[m]
	}
	for _, kind := range []string{"keyDown", "keyUp"} {
		params := map[string]any{"type": kind, "key": key, "modifiers": bits}
		if len([]rune(key)) == 1 {
			params["windowsVirtualKeyCode"] = int([]rune(key)[0] &^ 0x20)
			if kind == "keyDown" && bits&^8 == 0 {
				params["text"] = key
			}
		}
		switch key {
		case "Enter":
			params["windowsVirtualKeyCode"], params["text"] = 13, "\r"
		case "Tab":
			params["windowsVirtualKeyCode"] = 9
		case "Escape":
			params["windowsVirtualKeyCode"] = 27
		}
		p.must(p.call("Input.dispatchKeyEvent", params, nil))
	}
}

// Insert writes where the focus is.
func (p *Page) Insert(text string) {
	p.t.Helper()
	p.must(p.call("Input.insertText", map[string]any{"text": text}, nil))
}

// TabTo presses Tab until the expression about the focus holds.
func (p *Page) TabTo(expression string) {
	p.t.Helper()
	const most = 100
	for range most {
		var there bool
		p.Eval(expression, &there)
		if there {
			return
		}
		p.Press("Tab")
	}
	p.fail("a hundred times Tab did not lead to where %s", expression)
}

func (p *Page) node(role, name string) (found int) {
	p.t.Helper()
	var err error
	defer func() {
		if found == 0 && err != nil {
			p.t.Logf("looking for the %s %q: %v", role, name, err)
		}
	}()
	p.poll(fmt.Sprintf("the %s %q", role, name), func() bool {
		found, err = p.find(role, name)
		return err == nil && found != 0
	})
	return found
}

// poll asks every 30 ms: the accessibility tree gives no news of its own.
func (p *Page) poll(what string, holds func() bool) {
	p.t.Helper()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(Patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-p.b.wire.gone:
			p.t.Fatalf("waiting for %s: %v", what, errGone)
		case <-deadline:
			p.fail("waited %v in vain for %s; the page shows:\n%s", Patience, what, p.Text())
		}
	}
}

// find returns the DOM node of a control, 0 when there is none.
func (p *Page) find(role, name string) (int, error) {
	var doc struct{ Root struct{ BackendNodeID int } }
	if err := p.call("DOM.getDocument", map[string]any{"depth": 0}, &doc); err != nil {
		return 0, err
	}
	params := map[string]any{"backendNodeId": doc.Root.BackendNodeID, "role": role}
	if name != "" {
		params["accessibleName"] = name
	}
	var r struct {
		Nodes []struct {
			Ignored          bool
			BackendDOMNodeID int
		}
	}
	// A page that goes elsewhere while it is asked never answers: ask the next.
	if err := p.b.wire.callWithin(2*time.Second, p.session, "Accessibility.queryAXTree", params, &r); err != nil {
		return 0, err
	}
	for _, n := range r.Nodes {
		if !n.Ignored {
			return n.BackendDOMNodeID, nil
		}
	}
	return 0, nil
}

// middle scrolls a node into view and returns where its middle is.
func (p *Page) middle(node int) (x, y float64, err error) {
	if err := p.call("DOM.scrollIntoViewIfNeeded", map[string]any{"backendNodeId": node}, nil); err != nil {
		return 0, 0, err
	}
	var r struct{ Quads [][]float64 }
	if err := p.call("DOM.getContentQuads", map[string]any{"backendNodeId": node}, &r); err != nil {
		return 0, 0, err
	}
	if len(r.Quads) == 0 || len(r.Quads[0]) != 8 {
		return 0, 0, errors.New("it has no place on the screen")
	}
	q := r.Quads[0]
	return (q[0] + q[4]) / 2, (q[1] + q[5]) / 2, nil
}
