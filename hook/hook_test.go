package hook

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"belfry/core"
)

func request(address string) core.Request {
	return core.Request{
		Pop: "pop_1", Agent: "usr_ann", Address: address, Private: true, Button: "shop", When: "accepted", Call: "cal_1", Interaction: "int_1",
		Queue: "que_sales", QueueName: "sales", From: core.Party{Number: "+33600000001"}, Name: "Claire", At: core.At(time.Unix(1_800_000_000, 0)),
		Vars: []core.Var{{Name: "order", Value: "77"}, {Name: "card", Value: "4970", Secret: true}},
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	var body []byte
	var header http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header
		w.WriteHeader(http.StatusAccepted)
	}))
	defer s.Close()
	c := New("test")
	if status, why := c.Do(context.Background(), request(s.URL+"/calls/cal_1")); status != http.StatusAccepted || why != "" {
		t.Fatalf("%d %s", status, why)
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if got["from"] != "+33600000001" || got["interaction"] != "int_1" || got["vars"].(map[string]any)["order"] != "77" || strings.Contains(string(body), "4970") {
		t.Errorf("told %s", body)
	}
	if header.Get("Idempotency-Key") != "pop_1" || header.Get("Content-Type") != "application/json" || header.Get("User-Agent") != "belfry/test" {
		t.Errorf("header %v", header)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer s.Close()
	c := New("test")
	if status, why := c.Do(context.Background(), request(s.URL)); status != http.StatusTemporaryRedirect || elsewhere.Load() != 0 {
		t.Errorf("%d %s, and elsewhere %d", status, why, elsewhere.Load())
	}
}

// TestAddressesInTheHouse: without leave, nothing of this machine is called, be
// it by its address or by a name that leads there.
func TestAddressesInTheHouse(t *testing.T) {
	t.Parallel()
	var called atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Add(1) }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	c := New("test")
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"} {
		r := request("http://" + host + ":" + port + "/")
		r.Private = false
		if status, why := c.Do(context.Background(), r); status != 0 || why != "address" {
			t.Errorf("%s: %d %s", host, status, why)
		}
	}
	if called.Load() != 0 {
		t.Error("it was called")
	}
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true, "10.0.0.1": false, "172.16.9.9": false, "192.168.1.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "::": false, "::1": false, "fe80::1": false, "fd00::1": false, "224.0.0.1": false,
		"255.255.255.255": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false,
	} {
		if got := outside(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s outside: %v", address, got)
		}
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String() + "/"
	c := New("test")
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if status, why := c.Do(ctx, request(address)); status != 0 || why != "timeout" {
		t.Errorf("a silent one: %d %s", status, why)
	}
	_ = l.Close()
	if status, why := c.Do(context.Background(), request(address)); status != 0 || why != "unreachable" {
		t.Errorf("one that is gone: %d %s", status, why)
	}
	if status, why := c.Do(context.Background(), request("https://%zz/")); status != 0 || why != "address" {
		t.Errorf("nonsense: %d %s", status, why)
	}
}
