package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

// node is a node's settings, read and ready. Enter and input return the output
// by which the call leaves it, or nothing while it waits there.
type node interface {
	check(c *check)
	enter(w *walk) (output string)
	input(w *walk, in Input) (output string)
}

// kind is one sort of node. Outputs are all that it may leave by; "default" may
// be wired on each.
type kind struct {
	name    string
	outputs []string
	read    func(settings json.RawMessage) (node, error)
}

// kinds are all there are.
var kinds = []kind{
	{"start", []string{"next"}, read[start]},
	{"play", []string{"played"}, read[play]},
	{"menu", menuOutputs, read[menu]},
	{"collect", []string{"got", "no_input", "invalid"}, read[collect]},
	{"set", []string{"next"}, read[set]},
	{"condition", []string{"true", "false"}, read[condition]},
	{"hours", []string{"open", "closed", "exception"}, read[hours]},
	{"queue", queueOutputs, read[queue]},
	{"group", queueOutputs, read[group]},
	{"mailbox", []string{"recorded", "too_short", "hung_up"}, read[mailbox]},
	{"user", []string{"answered", "busy", "no_answer", "declined", "away", "failed"}, read[user]},
	{"dial", []string{"answered", "busy", "no_answer", "declined", "failed"}, read[dial]},
	{"goto", []string{"error"}, read[jump]},
	{"hangup", nil, read[hangup]},
}

// kindOf finds a kind by its name; nil when there is none.
func kindOf(name string) *kind {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	if i < 0 {
		return nil
	}
	return &kinds[i]
}

// Kinds are the names of all kinds of node and their outputs, for an editor.
func Kinds() (names []string, outputs [][]string) {
	for _, k := range kinds {
		names = append(names, k.name)
		outputs = append(outputs, slices.Clone(k.outputs))
	}
	return names, outputs
}

// read decodes settings of one kind. A setting that the kind does not know is
// an error: it is most often a slip of the pen.
func read[S any, P interface {
	*S
	node
}](settings json.RawMessage) (node, error) {
	s := P(new(S))
	if len(bytes.TrimSpace(settings)) == 0 {
		return s, nil
	}
	d := json.NewDecoder(bytes.NewReader(settings))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return s, nil
}
