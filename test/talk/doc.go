// Package talk proves what becomes of a conversation in the whole program: who
// hears whom, who owns which second of it, what is recorded, through every
// transfer, hold, conference and lost line there is.
//
// Agents here are pages without a browser (the API, its stream of events and a
// WebRTC line), callers, colleagues' phones and numbers outside are SIP phones;
// each speaks a tone of its own. A Chromium stands in where only a browser can be
// lost: its renderer, its network, its computer's sleep. How a page looks is
// test's. What the floor orders is proven by its stories and afternoons, and
// much faster.
package talk
