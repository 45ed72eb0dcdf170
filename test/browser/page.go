package browser

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// Context is a browser of its own within a browser: other cookies, no shared
// storage. One per agent.
type Context struct {
	b  *Browser
	id string
}

// Page is one tab.
type Page struct {
	t       testing.TB
	b       *Browser
	context string
	target  string
	session string

	mu     sync.Mutex
	errors []string
	loads  int
	crash  bool
	news   chan struct{} // closed and made anew at each piece of news
}

// Context makes a fresh one.
func (b *Browser) Context() *Context {
	b.t.Helper()
	var r struct{ BrowserContextID string }
	if err := b.call("Target.createBrowserContext", map[string]any{}, &r); err != nil {
		b.t.Fatal(err)
	}
	return &Context{b: b, id: r.BrowserContextID}
}

// Cookie gives the context a cookie of a site.
func (c *Context) Cookie(url, name, value string) {
	c.b.t.Helper()
	if err := c.b.call("Storage.setCookies", map[string]any{
		"browserContextId": c.id, "cookies": []map[string]any{{"url": url, "name": name, "value": value}},
	}, nil); err != nil {
		c.b.t.Fatal(err)
	}
}

// Open opens a tab in the context and waits until it has loaded.
func (c *Context) Open(url string) *Page { c.b.t.Helper(); return c.b.open(c.id, url) }

// Open opens a tab in the browser's own context and waits until it has loaded.
func (b *Browser) Open(url string) *Page { b.t.Helper(); return b.open("", url) }

func (b *Browser) open(context, url string) *Page {
	b.t.Helper()
	p := &Page{t: b.t, b: b, context: context, news: make(chan struct{})}
	params := map[string]any{"url": "about:blank"}
	if context != "" {
		params["browserContextId"] = context
	}
	var target struct{ TargetID string }
	p.must(b.call("Target.createTarget", params, &target))
	p.target = target.TargetID
	var session struct{ SessionID string }
	p.must(b.call("Target.attachToTarget", map[string]any{"targetId": p.target, "flatten": true}, &session))
	p.session = session.SessionID
	b.wire.listen(p.session, p.hear)
	for _, domain := range []string{"Page", "Runtime", "DOM", "Accessibility", "Log", "Inspector"} {
		p.must(p.call(domain+".enable", map[string]any{}, nil))
	}
	p.must(p.call("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": b.with}, nil))
	p.Go(url)
	return p
}

// hear takes the page's events.
func (p *Page) hear(method string, params json.RawMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch method {
	case "Page.loadEventFired":
		p.loads++
	case "Inspector.targetCrashed":
		p.crash = true
	case "Runtime.exceptionThrown":
		p.errors = append(p.errors, exception(params))
	case "Runtime.consoleAPICalled":
		if text, bad := console(params); bad {
			p.errors = append(p.errors, text)
		}
	case "Log.entryAdded":
		var e struct {
			Entry struct{ Level, Text, URL string }
		}
		if json.Unmarshal(params, &e) == nil && e.Entry.Level == "error" {
			p.errors = append(p.errors, strings.TrimSpace(e.Entry.Text+" "+e.Entry.URL))
		}
	default:
		return
	}
	close(p.news)
	p.news = make(chan struct{})
}

// Go goes to an address and waits until the page has loaded.
func (p *Page) Go(url string) {
	p.t.Helper()
	p.load(func() error {
		var r struct{ ErrorText string }
		err := p.call("Page.navigate", map[string]any{"url": url}, &r)
		if err == nil && r.ErrorText != "" {
			return fmt.Errorf("open %s: %s", url, r.ErrorText)
		}
		return err
	})
}

// Reload is F5.
func (p *Page) Reload() {
	p.t.Helper()
	p.load(func() error { return p.call("Page.reload", map[string]any{}, nil) })
}

// StartReload is F5 without waiting.
func (p *Page) StartReload() { p.t.Helper(); p.must(p.call("Page.reload", map[string]any{}, nil)) }

func (p *Page) load(do func() error) {
	p.t.Helper()
	p.mu.Lock()
	before := p.loads
	p.mu.Unlock()
	p.must(do())
	p.until("the page to load", func() bool { return p.loads > before })
}

// until waits for news until the condition, asked under mu, holds.
func (p *Page) until(what string, holds func() bool) {
	p.t.Helper()
	deadline := time.After(Patience)
	for {
		p.mu.Lock()
		ok, news := holds(), p.news
		p.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-news:
		case <-p.b.wire.gone:
			p.t.Fatalf("waiting for %s: %v", what, errGone)
		case <-deadline:
			p.fail("waited %v in vain for %s", Patience, what)
		}
	}
}

// Front brings the page before the windows that it, or others, have opened: one
// that is covered has no accessibility tree.
func (p *Page) Front() {
	p.t.Helper()
	p.must(p.call("Page.bringToFront", map[string]any{}, nil))
}

// Close closes the tab as a user would.
func (p *Page) Close() {
	p.t.Helper()
	p.must(p.b.call("Target.closeTarget", map[string]any{"targetId": p.target}, nil))
}

// Crash kills the tab's renderer; the tab stays, dead.
func (p *Page) Crash() {
	p.t.Helper()
	p.must(p.b.wire.post(p.session, "Page.crash", map[string]any{}))
	p.until("the crash", func() bool { return p.crash })
}

// Freeze stops the page's main thread as a browser does with a tab nobody looks
// at; off lets it go on. Chromium may take the one back at once, for the tab is
// in sight: then it is told again.
func (p *Page) Freeze(on bool) {
	p.t.Helper()
	state := map[bool]string{false: "active", true: "frozen"}
	set := func(on bool) {
		p.must(p.call("Page.setWebLifecycleState", map[string]any{"state": state[on]}, nil))
	}
	look := func(on bool) {
		p.must(p.call("Emulation.setFocusEmulationEnabled", map[string]any{"enabled": on}, nil))
	}
	if look(false); on {
		set(true)
	} else {
		set(false)
		// Chromium hides what it freezes and leaves it hidden: without frames, in which
		// nothing can be found or pressed. A user looks at the tab again.
		look(true)
		p.Wait(`document.visibilityState === "visible"`)
		return
	}
	p.poll("the page to be frozen", func() bool {
		const looks = 5 // 30 ms apart
		for range looks {
			var frozen bool
			p.must(p.eval(`__ear.frozen`, &frozen, Patience))
			if !frozen {
				set(false)
				set(true)
				return false
			}
			<-time.After(30 * time.Millisecond)
		}
		return true
	})
}

// Offline cuts the page's HTTP off, or lets it back. WebRTC is not affected.
func (p *Page) Offline(on bool) {
	p.t.Helper()
	p.must(p.call("Network.enable", map[string]any{}, nil))
	p.must(p.call("Network.emulateNetworkConditions", map[string]any{
		"offline": on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
	}, nil))
}

// Permit sets what the microphone's permission is for an origin: granted,
// denied or prompt.
func (p *Page) Permit(origin, state string) {
	p.t.Helper()
	params := map[string]any{"permission": map[string]any{"name": "microphone"}, "setting": state, "origin": origin}
	if p.context != "" {
		params["browserContextId"] = p.context
	}
	p.must(p.b.call("Browser.setPermission", params, nil))
}

// Unplug takes the microphone away, as when a headset is pulled: what is open
// ends, and there is none to be had. Plug puts it back. (Chromium's fake devices
// cannot be pulled: the page is told what a browser tells then.)
func (p *Page) Unplug() { p.t.Helper(); p.Eval(`__ear.plug(false)`, nil) }

// Plug puts it back.
func (p *Page) Plug() { p.t.Helper(); p.Eval(`__ear.plug(true)`, nil) }

// Size sets the window, in CSS pixels.
func (p *Page) Size(width, height int) {
	p.t.Helper()
	p.must(p.call("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
	}, nil))
}

// Screenshot writes what is seen to a PNG file.
func (p *Page) Screenshot(file string) {
	p.t.Helper()
	var r struct{ Data string }
	p.must(p.call("Page.captureScreenshot", map[string]any{"format": "png"}, &r))
	b, err := base64.StdEncoding.DecodeString(r.Data)
	p.must(err)
	p.must(os.WriteFile(file, b, 0o644))
}

// Errors are the exceptions and console errors so far.
func (p *Page) Errors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.errors...)
}

func (p *Page) call(method string, params, result any) error {
	return p.b.wire.call(p.session, method, params, result)
}

func (p *Page) must(err error) {
	if err != nil {
		p.t.Helper()
		p.fail("%v", err)
	}
}

// fail ends the test and shows what the page complained about.
func (p *Page) fail(format string, args ...any) {
	p.t.Helper()
	if errs := p.Errors(); len(errs) > 0 {
		p.t.Logf("the page complained:\n%s", strings.Join(errs, "\n"))
	}
	p.t.Fatalf(format, args...)
}

func exception(params json.RawMessage) string {
	var e struct {
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	_ = json.Unmarshal(params, &e)
	return strings.TrimSpace(e.ExceptionDetails.Text + " " + e.ExceptionDetails.Exception.Description)
}

func console(params json.RawMessage) (string, bool) {
	var c struct {
		Type string
		Args []struct {
			Value       any
			Description string
		}
	}
	if json.Unmarshal(params, &c) != nil || c.Type != "error" && c.Type != "assert" {
		return "", false
	}
	var words []string
	for _, a := range c.Args {
		if a.Description != "" {
			words = append(words, a.Description)
		} else {
			words = append(words, fmt.Sprint(a.Value))
		}
	}
	return strings.Join(words, " "), true
}
