package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"belfry/app"
	"belfry/app/demo"
	"belfry/store"
)

// belfry trunk secret keeps what it reads, and shows it to nobody.
func TestTrunkSecret(t *testing.T) {
	t.Parallel()
	ctx, data := context.Background(), t.TempDir()
	st, err := store.Open(ctx, filepath.Join(data, "belfry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	doc, err := json.Marshal(demo.Doc())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.SavePlan(ctx, "com_demo", 0, doc); err != nil {
		t.Fatal(err)
	}
	run := func(in string, args ...string) (int, string) {
		var out bytes.Buffer
		code := app.Run(ctx, app.Process{
			Args: append([]string{"trunk", "secret"}, args...), Getenv: func(string) string { return "" },
			Stdin: strings.NewReader(in), Stdout: &out, Stderr: &out,
		})
		return code, out.String()
	}
	if code, out := run("open sesame\n", "carrier", "--data", data); code != 0 || strings.Contains(out, "sesame") {
		t.Errorf("%d: %s", code, out)
	}
	if got, err := st.Secret(ctx, "carrier"); got != "open sesame" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, x := range []struct {
		in, want string
		args     []string
	}{
		{"", "no secret was given", []string{"carrier", "--data", data}},
		{"x\n", "say which secret", []string{"--data", data}},
		{"x\n", "no data folder", []string{"carrier", "--data", filepath.Join(data, "none")}},
	} {
		if code, out := run(x.in, x.args...); code != 2 || !strings.Contains(out, x.want) {
			t.Errorf("%d: %s", code, out)
		}
	}
}

// SIP over TLS without a certificate does not start, and says what is missing.
func TestSIPOverTLSNeedsACertificate(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		field string
		args  []string
	}{
		{"--sip-tls", []string{"--sip-tls", "127.0.0.1:5061"}},
		{"--sip-tls", []string{"--sip-tls", "5061", "--sip-tls-cert", "a", "--sip-tls-key", "b"}},
		{"--sip-tls-cert", []string{"--sip-tls", "127.0.0.1:5061", "--sip-tls-cert", "a"}},
	} {
		_, _, err := app.ReadSettings("serve", false, x.args, func(string) string { return "" }, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), x.field) {
			t.Errorf("%v: %v", x.args, err)
		}
	}
}
