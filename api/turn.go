package api

// Turn is a TURN server that browsers may use, with time-limited credentials
// made from its shared secret.
type Turn struct {
	URL    string // turn:host:port?transport=udp
	Secret string
}
