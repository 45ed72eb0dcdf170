package app

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"belfry/core"
)

// Settings are all that can be set from outside. Each is a flag, an environment
// variable and a line of the file that --config names, in that order of force.
type Settings struct {
	HTTP, TLSCert, TLSKey string
	BehindProxy           bool
	SIP, RTP, WebRTC      string
	SIPTLS                string
	SIPCert, SIPKey       string
	PublicIP, TURN        string
	Data                  string
	Database, NATS        string
	LogLevel, LogFormat   string
	CallsPerSecond, Calls int
	LeastFree             int // MB

	// The demo's own.
	Callers  int
	Trunk    string
	Phones   int
	PhonesAt string
	Pages    int
	Profile  string

	portLow, portHigh int
}

// setting is one of them. Its variable is BELFRY_ and the flag's name in capitals.
type setting struct {
	flag, def, help string
	text            *string
	number          *int
	yes             *bool
}

// table names every setting once.
func (s *Settings) table() []setting {
	return []setting{
		{flag: "http", def: "127.0.0.1:8080", help: "`address` of the pages and the API", text: &s.HTTP},
		{flag: "tls-cert", help: "PEM `file` of the certificate; read again when it changes", text: &s.TLSCert},
		{flag: "tls-key", help: "PEM `file` of its key", text: &s.TLSKey},
		{flag: "behind-proxy", help: "TLS ends in front of us", yes: &s.BehindProxy},
		{flag: "sip", def: "127.0.0.1:5060", help: "`address` of SIP, UDP and TCP", text: &s.SIP},
		{flag: "sip-tls", help: "`address` of SIP over TLS, such as 192.0.2.10:5061; empty: none", text: &s.SIPTLS},
		{flag: "sip-tls-cert", help: "PEM `file` of its certificate; empty: that of the pages", text: &s.SIPCert},
		{flag: "sip-tls-key", help: "PEM `file` of its key", text: &s.SIPKey},
		{flag: "rtp", def: "20000-29999", help: "port `range` of SIP legs' audio", text: &s.RTP},
		{flag: "webrtc", def: "127.0.0.1:40000", help: "`address` of all browsers' audio, UDP and TCP", text: &s.WebRTC},
		{flag: "public-ip", help: "`address` to write into SDP and ICE behind NAT", text: &s.PublicIP},
		{flag: "turn", help: "`URL` and secret of a TURN server, parted by a space", text: &s.TURN},
		{flag: "data", def: "./data", help: "`folder` of all that is kept", text: &s.Data},
		{flag: "database", help: "`URL` of a database; empty: SQLite in the data folder", text: &s.Database},
		{flag: "nats", help: "`URLs` of the NATS cluster of an installation of many nodes", text: &s.NATS},
		{flag: "least-free", def: "200", help: "megabytes of the data folder's disk that recordings of calls leave free", number: &s.LeastFree},
		{flag: "log-level", def: "info", help: "debug, info, warn or error", text: &s.LogLevel},
		{flag: "log-format", def: "text", help: "text or json", text: &s.LogFormat},
		{flag: "calls-per-second", def: "200", help: "new calls a second before they are refused; -1: no limit", number: &s.CallsPerSecond},
		{flag: "calls", def: "2000", help: "live calls before new ones are refused; -1: no limit", number: &s.Calls},
	}
}

// demoTable names the settings that only the demo has.
func (s *Settings) demoTable() []setting {
	return []setting{
		{flag: "callers", def: "1", help: "simulated callers at a time", number: &s.Callers},
		{flag: "trunk", help: "`address` where calls to outside numbers go; empty: a built-in far end", text: &s.Trunk},
		{flag: "phones", def: "0", help: "agents p0001 … on shift, whose station is a SIP phone", number: &s.Phones},
		{flag: "phones-at", def: "127.0.0.1:6000", help: "`address` of those phones", text: &s.PhonesAt},
		{flag: "pages", def: "0", help: "agents b0001 … who log in with demo and serve the queue of the phones", number: &s.Pages},
		{flag: "cpu-profile", help: "`file` for a CPU profile of the whole run, written at its end", text: &s.Profile},
	}
}

// variable is the name of the environment variable.
func (t setting) variable() string {
	return "BELFRY_" + strings.ToUpper(strings.ReplaceAll(t.flag, "-", "_"))
}

// set gives the setting a value.
func (t setting) set(value string) error {
	switch {
	case t.text != nil:
		*t.text = value
	case t.number != nil:
		n, err := strconv.Atoi(value)
		if err != nil {
			return core.FieldErrorf("--"+t.flag, "not-a-number", "%q is not a whole number", value)
		}
		*t.number = n
	case t.yes != nil:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return core.FieldErrorf("--"+t.flag, "not-yes-or-no", "%q is neither true nor false", value)
		}
		*t.yes = b
	}
	return nil
}

// ReadSettings reads flags, the environment and the file. Flags that are not
// given leave the environment's word, and that the file's, and that the default.
// What is no flag is returned. flag.ErrHelp comes back when help was asked for.
func ReadSettings(name string, demo bool, args []string, getenv func(string) string, help io.Writer) (*Settings, []string, error) {
	s := &Settings{}
	table := s.table()
	if demo {
		table = append(table, s.demoTable()...)
	}
	fs := flag.NewFlagSet("belfry "+name, flag.ContinueOnError)
	fs.SetOutput(help)
	given := map[string]string{}
	for _, t := range table {
		remember := func(v string) error { given[t.flag] = v; return nil }
		usage := t.help + " (" + t.variable() + ")"
		if t.def != "" {
			usage += ", default " + t.def
		}
		if t.yes != nil {
			fs.BoolFunc(t.flag, usage, remember)
		} else {
			fs.Func(t.flag, usage, remember)
		}
	}
	config := fs.String("config", getenv("BELFRY_CONFIG"), "`file` of settings, a line each: name = value (BELFRY_CONFIG)")
	if err := fs.Parse(args); err != nil {
		return nil, nil, err
	}
	lines, err := readConfig(*config, table)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range table {
		value := t.def
		if v, ok := lines[t.flag]; ok {
			value = v
		}
		if v := getenv(t.variable()); v != "" {
			value = v
		}
		if v, ok := given[t.flag]; ok {
			value = v
		}
		if value == "" && t.text == nil {
			continue
		}
		if err := t.set(value); err != nil {
			return nil, nil, err
		}
	}
	return s, fs.Args(), s.check()
}

// readConfig reads the settings' file: name = value, # begins a comment.
func readConfig(path string, table []setting) (map[string]string, error) {
	lines := map[string]string{}
	if path == "" {
		return lines, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, core.FieldErrorf("--config", "config-unreadable", "the file cannot be read: %v", err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		ln := strings.TrimSpace(sc.Text())
		if ln == "" || ln[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(ln, "=")
		name = strings.TrimSpace(name)
		if !ok || !slices.ContainsFunc(table, func(t setting) bool { return t.flag == name }) {
			return nil, core.FieldErrorf("--config", "config-line", "line %d of %s is not a setting: %s", n, path, ln)
		}
		lines[name] = strings.TrimSpace(value)
	}
	if err := sc.Err(); err != nil {
		return nil, core.FieldErrorf("--config", "config-unreadable", "the file cannot be read: %v", err)
	}
	return lines, nil
}

// check looks at all settings together.
func (s *Settings) check() error {
	low, high, ok := strings.Cut(s.RTP, "-")
	var err1, err2 error
	s.portLow, err1 = strconv.Atoi(low)
	s.portHigh, err2 = strconv.Atoi(high)
	if !ok || err1 != nil || err2 != nil || s.portLow < 1024 || s.portHigh > 65535 || s.portHigh-s.portLow < 1 {
		return core.FieldErrorf("--rtp", "bad-range", "%q is not a range of ports such as 20000-29999", s.RTP)
	}
	for _, a := range []struct{ flag, addr string }{{"--http", s.HTTP}, {"--sip", s.SIP}, {"--webrtc", s.WebRTC}} {
		if _, _, err := net.SplitHostPort(a.addr); err != nil {
			return core.FieldErrorf(a.flag, "bad-address", "%q is not an address such as 127.0.0.1:8080", a.addr)
		}
	}
	if s.PublicIP != "" {
		if _, err := netip.ParseAddr(s.PublicIP); err != nil {
			return core.FieldErrorf("--public-ip", "bad-address", "%q is not an IP address", s.PublicIP)
		}
	}
	if err := s.checkTLS(); err != nil {
		return err
	}
	if s.TLSCert == "" && !s.BehindProxy && !loopback(s.HTTP) {
		return core.FieldErrorf("--http", "plain-http", "%s can be reached from outside without TLS, and browsers give no microphone to such a page: "+
			"set --tls-cert and --tls-key, or --behind-proxy when TLS ends in front", s.HTTP)
	}
	if s.Database != "" {
		return core.FieldErrorf("--database", "not-yet", "only SQLite in the data folder is served by this version")
	}
	if s.NATS != "" {
		return core.FieldErrorf("--nats", "not-yet", "this version runs on one node")
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s.LogLevel) {
		return core.FieldErrorf("--log-level", "bad-level", "%q is none of debug, info, warn, error", s.LogLevel)
	}
	if s.LogFormat != "text" && s.LogFormat != "json" {
		return core.FieldErrorf("--log-format", "bad-format", "%q is neither text nor json", s.LogFormat)
	}
	return nil
}

// checkTLS looks at the certificates: each has a key, and SIP over TLS has one.
func (s *Settings) checkTLS() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return core.FieldErrorf("--tls-cert", "half-tls", "--tls-cert and --tls-key belong together")
	}
	if (s.SIPCert == "") != (s.SIPKey == "") {
		return core.FieldErrorf("--sip-tls-cert", "half-tls", "--sip-tls-cert and --sip-tls-key belong together")
	}
	if s.SIPTLS == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(s.SIPTLS); err != nil {
		return core.FieldErrorf("--sip-tls", "bad-address", "%q is not an address such as 192.0.2.10:5061", s.SIPTLS)
	}
	if s.SIPCert == "" && s.TLSCert == "" {
		return core.FieldErrorf("--sip-tls", "no-certificate", "SIP over TLS needs --sip-tls-cert and --sip-tls-key, or --tls-cert and --tls-key")
	}
	return nil
}

// loopback says whether an address can only be reached from this machine.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// Describe writes the settings' flags for the list of commands.
func (s *Settings) Describe(w io.Writer) {
	for _, t := range append(s.table(), s.demoTable()...) {
		fmt.Fprintf(w, "  --%-18s %s\n", t.flag, strings.ReplaceAll(t.help, "`", ""))
	}
}
