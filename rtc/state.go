package rtc

import (
	"encoding/json"
	"fmt"

	"belfry/core"
)

// State is a station as it is written down: a plain value that can be read
// back. The connection itself does not outlive its process, since its keys do
// not; the page makes a new one, and what is written here says whose it was and
// which epoch it has seen.
type State struct {
	Station core.StationID `json:"station"`
	Agent   core.UserID    `json:"agent"`
	Leg     core.LegID     `json:"leg"`
	Codecs  []string       `json:"codecs"`
	Up      core.Time      `json:"up"`
	Epoch   uint64         `json:"epoch"`
}

// Write returns s as bytes for ReadState.
func (s State) Write() ([]byte, error) { return json.Marshal(s) }

// ReadState reads what Write wrote. The error is a core.Error of kind Invalid.
func ReadState(b []byte) (State, error) {
	var s State
	if err := json.Unmarshal(b, &s); err != nil {
		return State{}, core.Errorf(core.Invalid, "station-state", "this is not a station: %v", err)
	}
	if s.Station == "" || s.Agent == "" || !s.Leg.Browser() {
		return State{}, core.Errorf(core.Invalid, "station-state", "this station lacks a name: %s", fmt.Sprint(s))
	}
	return s, nil
}
