// Package sip makes legs of what speaks SIP: trunks and phones. It reads and
// writes the messages, keeps transactions and dialogs, negotiates audio by
// offer and answer, refuses what is wrong or too much, and tells the floor what
// happened.
//
// It does not think: who is rung and when a call ends is ordered by the floor
// (core.Order). It touches no audio: each leg's RTP is a media.Leg, and keys,
// sounds and recordings are the media engine's. It registers our users' phones,
// has them prove who they are, and knows where they are now (registrar); what
// they may do is the floor's. It keeps the trunks of the plan: which of them a
// call out goes by is its own affair, and only that. It is no proxy.
//
// Everything about one Call-ID happens on one lane, with its own calls,
// transactions and clock, one thing after the other in the order in which it
// came. So nothing in here is locked but the lanes' inboxes, and the little that
// all lanes share: who is registered, what trunks there are, who guesses.
package sip
