package app

import (
	"runtime"

	"belfry/api"
	"belfry/core"
)

// broken gathers the invariants that do not hold, of the floor and of the edges:
// open ports are live legs, dialogs have audio, lines have agents.
func (n *Node) broken() []api.Broken {
	var bs []api.Broken
	for _, b := range n.host.Check() {
		bs = append(bs, api.Broken{Invariant: b.Invariant, What: b.What, IDs: b.IDs})
	}
	for _, part := range []struct {
		name  string
		check func() []string
	}{{"audio", n.audio.Check}, {"sip", n.signal.Check}, {"stations", n.stations.Check}} {
		for _, what := range part.check() {
			bs = append(bs, api.Broken{Invariant: 5, What: part.name + ": " + what})
		}
	}
	return bs
}

// ice are the TURN servers that the agent's page may use, as Link headers.
func (n *Node) ice(agent core.UserID) []string {
	var links []string
	for _, s := range n.stations.ICEServers(agent) {
		links = append(links, s.Link())
	}
	return links
}

// gauges are the figures of the parts, read when /metrics is.
func (n *Node) gauges(m *api.Meter) {
	m.Gauge(n.trunkGauges)
	m.Gauge(n.droppedGauges)
	m.Gauge(func() []api.Sample {
		s, a, r, h := n.signal.Stats(), n.audio.Stats(), n.stations.Stats(), n.host.Stats()
		gauge := func(name, help string, v float64) api.Sample {
			return api.Sample{Name: name, Help: help, Kind: "gauge", Value: v}
		}
		counter := func(name, help string, v uint64) api.Sample {
			return api.Sample{Name: name, Help: help, Kind: "counter", Value: float64(v)}
		}
		return []api.Sample{
			gauge("sip_legs", "Live SIP legs.", float64(s.Legs)),
			gauge("sip_transactions", "SIP transactions that live, the waiting ones included.", float64(s.Transactions)),
			counter("sip_calls_admitted_total", "INVITEs admitted.", s.Came),
			counter("sip_calls_refused_total", "INVITEs answered 503 by admission.", s.Refused),
			counter("sip_messages_received_total", "SIP messages received.", s.Received),
			counter("sip_messages_bad_total", "SIP messages that were malformed.", s.Bad),
			gauge("sip_phones_registered", "SIP phones that are registered.", float64(s.Registered)),
			counter("sip_challenges_total", "Requests answered with a challenge.", s.Challenged),
			counter("sip_wrong_passwords_total", "Wrong passwords of SIP phones.", s.Wrong),
			gauge("sip_sources_shut_out", "Addresses that are not listened to, for guessing.", float64(s.Shut)),
			counter("sip_requests_shut_out_total", "Requests from such addresses.", s.Shunned),
			counter("sip_retransmissions_total", "SIP messages sent again.", s.Resent),
			gauge("audio_legs", "Legs of the audio engine.", float64(a.Legs)),
			gauge("audio_lines", "Browsers' lines.", float64(a.Lines)),
			gauge("audio_rooms", "Rooms with legs in them.", float64(a.Rooms)),
			gauge("audio_ports_in_use", "Pairs of RTP ports in use.", float64(a.PortsInUse)),
			counter("audio_packets_received_total", "RTP packets received.", a.PacketsIn),
			counter("audio_packets_sent_total", "RTP packets sent.", a.PacketsOut),
			gauge("audio_wire_cpu_seconds", "CPU time of the RTP threads.", a.WireCPU.Seconds()),
			gauge("recordings_open", "Recordings under way.", float64(a.Tapes)),
			counter("recording_packets_lost_total", "RTP packets that the disk was too slow for.", a.TapeLost),
			gauge("stations_up", "Browser stations that are up.", float64(r.Up)),
			counter("floor_events_total", "Events that the floor has taken in this life.", h.Events),
			counter("floor_panics_total", "Steps of the floor that panicked.", h.Panics),
			gauge("floor_plan_revision", "Revision of the plan that the floor goes by.", float64(h.Revision)),
			gauge("floor_plan_change_seconds", "How long the last change of the plan held the floor up.", h.PlanTime.Seconds()),
			gauge("floor_inbox", "Items that wait for the floor.", float64(h.Waiting)),
			gauge("floor_lateness_seconds", "Age of the oldest item that waits for the floor.", h.Lateness.Seconds()),
			gauge("goroutines", "Goroutines.", float64(runtime.NumGoroutine())),
		}
	})
}
