package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const form = `<!doctype html><title>t</title><h1>Ready</h1>
<label>Login <input id=l></label><label>Password <input type=password id=p></label>
<button onclick="out.textContent='Hello '+l.value+' '+p.value.length; console.error('pressed')">Sign in</button>
<p id=out></p><div style="height:3000px"></div><button onclick="document.cookie='seen=1';this.remove()">Far away</button>
<script>document.cookie.includes('seen')&&(out.textContent='Seen before')</script>`

func TestPage(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, form)
	}))
	defer site.Close()
	b := Launch(t, Options{})
	p := b.Open(site.URL)
	p.Type("textbox", "Login", "ann")
	p.Type("textbox", "Password", "demo")
	p.Click("button", "Sign in")
	p.WaitText("Hello ann 4")
	if e := p.Errors(); len(e) != 1 || e[0] != "pressed" {
		t.Errorf("errors %q", e)
	}
	p.Click("button", "Far away")
	p.Gone("button", "Far away")
	if p.Has("button", "Nowhere") {
		t.Error("found what is not there")
	}
	p.Reload()
	p.WaitText("Seen before")
	other := b.Context().Open(site.URL)
	if strings.Contains(other.Text(), "Seen before") {
		t.Error("contexts share cookies")
	}
	file := filepath.Join(t.TempDir(), "page.png")
	p.Screenshot(file)
	if s, err := os.Stat(file); err != nil || s.Size() < 1000 {
		t.Errorf("no picture: %v", err)
	}
	for range 2 {
		p.Freeze(true)
		p.Freeze(false)
		p.Wait(`new Promise((drawn) => requestAnimationFrame(() => drawn(true)))`)
	}
	p.Crash()
	other.Close()
}
