package app

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"belfry/api"
	"belfry/core"
)

// useTrunks brings the plan's trunks to the SIP driver.
func (n *Node) useTrunks() {
	p := n.plan.Load()
	trunks := slices.Clone(p.Doc.Trunks)
	for i := range trunks {
		if trunks[i].Login != "" {
			trunks[i].Secret = trunks[i].SecretName()
		}
	}
	n.signal.SetTrunks(trunks, p.Doc.Company.Country)
}

// sipTLS is our certificate on SIP connections: its own, else that of the pages;
// nil when there is none.
func (n *Node) sipTLS() (*tls.Config, error) {
	flag, cert, key := "--sip-tls-cert", n.set.SIPCert, n.set.SIPKey
	if cert == "" {
		flag, cert, key = "--tls-cert", n.set.TLSCert, n.set.TLSKey
	}
	if cert == "" {
		return nil, nil //nolint:nilnil // none is no error
	}
	conf, err := api.TLS(cert, key)
	if err != nil {
		return nil, core.FieldErrorf(flag, "tls-unreadable", "the certificate cannot be used: %v", err)
	}
	conf.NextProtos = nil // those are of pages
	return conf, nil
}

// roots are whom a trunk's certificate may come from: the file trunks/<id>.pem
// of the data folder, else the system's.
func (n *Node) roots(id core.TrunkID) (*x509.CertPool, error) {
	if id == "" || strings.ContainsAny(string(id), `/\`) {
		return nil, nil //nolint:nilnil // the system's
	}
	text, err := os.ReadFile(filepath.Join(n.set.Data, "trunks", string(id)+".pem"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // the system's
	}
	if err != nil {
		return nil, fmt.Errorf("read the trunk's authorities: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, core.Errorf(core.Invalid, "bad-authorities", "trunks/%s.pem has no certificate in it", id)
	}
	return pool, nil
}

// password is one of ours at a trunk. It is asked when a trunk wants proof, and
// read from the records on this machine.
func (n *Node) password(name string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return n.store.Secret(ctx, name)
}

// trunks tells how they stand.
func (n *Node) trunks() []api.Trunk {
	var all []api.Trunk
	for _, t := range n.signal.Trunks() {
		x := api.Trunk{
			ID: t.ID, Name: t.Name, Up: t.Up, Since: core.At(t.Since), Registers: t.Registers, Registered: t.Registered,
			Channels: t.Channels, Limit: t.Limit, Error: t.Error,
		}
		if !t.ErrorAt.IsZero() {
			x.ErrorAt = core.At(t.ErrorAt)
		}
		all = append(all, x)
	}
	return all
}

// droppedGauges are the RTP packets that were not heard, by reason.
func (n *Node) droppedGauges() []api.Sample {
	var all []api.Sample
	for reason, count := range n.audio.Stats().Dropped {
		all = append(all, api.Sample{
			Name: "audio_packets_dropped_total", Help: "RTP packets that were not heard, by reason", Kind: "counter",
			Value: float64(count), Labels: []string{"reason", reason},
		})
	}
	return all
}

// trunkGauges are the trunks' figures.
func (n *Node) trunkGauges() []api.Sample {
	var all []api.Sample
	for _, t := range n.signal.Trunks() {
		up := 0.0
		if t.Up {
			up = 1
		}
		for _, x := range []api.Sample{
			{Name: "trunk_up", Help: "1 while calls out may go by the trunk", Kind: "gauge", Value: up},
			{Name: "trunk_channels", Help: "Channels of the trunk in use", Kind: "gauge", Value: float64(t.Channels)},
			{Name: "trunk_calls_taken_total", Help: "Calls out that the trunk took", Kind: "counter", Value: float64(t.Taken)},
			{Name: "trunk_calls_passed_on_total", Help: "Calls out that the trunk did not take", Kind: "counter", Value: float64(t.Failed)},
		} {
			x.Labels = []string{"trunk", string(t.ID)}
			all = append(all, x)
		}
		for a, n := range t.Answers {
			all = append(all, api.Sample{
				Name: "sip_responses_total", Help: "Final responses of trunks to requests of ours", Kind: "counter", Value: float64(n),
				Labels: []string{"method", a.Method, "code", strconv.Itoa(a.Code), "trunk", string(t.ID)},
			})
		}
	}
	return all
}

// runSecret sets a password of ours at somebody else's server.
func runSecret(ctx context.Context, p Process, args []string) error {
	if len(args) > 1 && !strings.HasPrefix(args[0], "-") { // the name may stand before the flags
		args = append(args[1:len(args):len(args)], args[0])
	}
	set, rest, err := ReadSettings("trunk secret", false, args, p.Getenv, p.Stderr)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return core.FieldErrorf("NAME", "missing", "say which secret: belfry trunk secret NAME")
	}
	st, err := openRecords(ctx, set)
	if err != nil {
		return err
	}
	defer st.Close()
	fmt.Fprintf(p.Stdout, "New secret %s: ", rest[0])
	in := bufio.NewScanner(p.Stdin)
	if !in.Scan() {
		return core.FieldErrorf("secret", "missing", "no secret was given")
	}
	if err := st.SetSecret(ctx, rest[0], strings.TrimRight(in.Text(), "\r\n")); err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "\nDone. Trunks that name it use it from their next request on.\n")
	return nil
}
