// Package caller calls: `belfry call` from a terminal, the demo's simulated
// callers, and the far end that the demo's agents call, are real SIP and RTP, made of the same sip and media that answer them.
//
// It knows no floor, no agent and no page: to what it calls it is any phone.
package caller
