package sip

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// The example of RFC 7616 §3.9.1, in both kinds.
func TestDigestOfTheRFC(t *testing.T) {
	t.Parallel()
	const head = `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", ` +
		`nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, ` +
		`cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", `
	s := Secret{
		MD5:    "3d78807defe7de2157e2b0b6573a855f",
		SHA256: "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232",
	}
	for _, v := range []string{
		head + `algorithm=MD5, response="8ca523f5e9506fed4657c9700eebdbec"`,
		head + `algorithm=SHA-256, response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"`,
	} {
		c, ok := parseCredentials(v)
		if !ok || !c.wellFormed() || !c.answers("GET", s) {
			t.Errorf("%v: %+v does not answer", ok, c)
		}
		if c.answers("POST", s) || c.answers("GET", Secret{}) {
			t.Errorf("%+v answers too much", c)
		}
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	const good = `username="201",realm="belfry",nonce="n",uri="sip:x",response="r"`
	for v, want := range map[string]bool{
		"Digest " + good:                                   true,
		"digest   " + good + ",":                           true,
		"Digest " + good + `, nc=0000000A, qop=auth`:       true,
		"Basic " + good:                                    false,
		"Digest":                                           false,
		"Digest " + good + `,username="202"`:               false,
		"Digest " + good + `,nc=1`:                         false,
		"Digest " + good + `,nc=zzzzzzzz`:                  false,
		`Digest username="201,realm="belfry"`:              false,
		`Digest username=,nonce=n,response=r`:              false,
		`Digest username="201",nonce="n"`:                  false,
		"Digest " + strings.Repeat("a=b,", 600) + good:     false,
		"Digest " + good + `, cnonce="a\"b", opaque="x,y"`: true,
	} {
		if _, ok := parseCredentials(v); ok != want {
			t.Errorf("%q: %v", v, ok)
		}
	}
}

func TestNonces(t *testing.T) {
	t.Parallel()
	n := newNonces(time.Minute)
	here, there := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	now := time.Unix(1_800_000_000, 0)
	x := n.make(here, now)
	if !n.fresh(x, here, now) || !n.fresh(x, here, now.Add(59*time.Second)) {
		t.Error("a fresh nonce is not")
	}
	if n.fresh(x, there, now) || n.fresh(x, here, now.Add(61*time.Second)) || n.fresh(x[:31]+"_", here, now) || n.fresh("", here, now) {
		t.Error("a nonce that is not ours is fresh")
	}
	for i, c := range []struct {
		nc uint32
		ok bool
	}{{1, true}, {1, false}, {3, true}, {2, true}, {2, false}, {100, true}, {3, false}, {37, true}, {36, false}, {0xffffffff, true}, {100, false}} {
		if ok := n.use(x, c.nc, now); ok != c.ok {
			t.Errorf("step %d: count %d: %v", i, c.nc, ok)
		}
	}
	if n.use(x, 100, now.Add(90*time.Second)) {
		t.Error("a count was forgotten too early")
	}
}

// Whatever stands in an Authorization header, it is read or refused.
func FuzzCredentials(f *testing.F) {
	f.Add(`Digest username="201", realm="belfry", nonce="n", uri="sip:x", response="r", nc=00000001, cnonce="c", qop=auth`)
	f.Add(`Digest username="\"", nonce=n, response=r`)
	f.Add(`Digest a="`)
	n := newNonces(time.Minute)
	f.Fuzz(func(t *testing.T, v string) {
		c, ok := parseCredentials(v)
		if !ok {
			return
		}
		if c.username == "" || c.response == "" {
			t.Fatalf("taken without its parts: %q", v)
		}
		if c.wellFormed() && c.answers("REGISTER", n.nobodys(c.username)) {
			t.Fatalf("%q answers for nobody", v)
		}
		n.fresh(c.nonce, netip.Addr{}, time.Unix(1, 0))
	})
}
