package api

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"strings"

	"belfry/core"
)

type peaksInput struct {
	RecordingInput
	Points int `query:"points" minimum:"400" maximum:"1200" multipleOf:"400" default:"400" doc:"400 or 1200"`
}

type peaksView struct {
	Points int     `json:"points"`
	Length float64 `json:"length" doc:"Seconds"`
	Left   []int8  `json:"left" doc:"The customer's: lowest, highest, lowest, …"`
	Right  []int8  `json:"right" doc:"The agent's"`
}

// A .peaks file stands beside each recording: for 400 points and then for 1200,
// the lowest and the highest of the left and of the right channel.
const (
	coarsePoints = 400
	finePoints   = 1200
	pointSize    = 4
)

func (a *API) peaks(ctx context.Context, s *seat, in *peaksInput) (*answer[peaksView], error) {
	if in.Points != coarsePoints && in.Points != finePoints {
		return nil, core.FieldErrorf("query.points", "invalid", "there are 400 points or 1200, not %d", in.Points)
	}
	r, err := a.present(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	b, err := a.beside(r, ".peaks", (coarsePoints+finePoints)*pointSize)
	if err != nil || len(b) != (coarsePoints+finePoints)*pointSize {
		a.log.ErrorContext(ctx, "peaks cannot be read", "recording", in.ID, "error", err)
		return nil, core.Errorf(core.Missing, "no-audio", "The peaks of this recording cannot be read.")
	}
	if b = b[:coarsePoints*pointSize]; in.Points == finePoints {
		b = b[coarsePoints*pointSize:][:finePoints*pointSize]
	}
	v := peaksView{Points: in.Points, Length: seconds(r.Length), Left: make([]int8, 0, len(b)/2), Right: make([]int8, 0, len(b)/2)}
	for ; len(b) >= pointSize; b = b[pointSize:] {
		v.Left = append(v.Left, int8(b[0]), int8(b[1]))
		v.Right = append(v.Right, int8(b[2]), int8(b[3]))
	}
	return &answer[peaksView]{v}, nil
}

// beside reads a file that stands beside a recording, of at most so many bytes.
func (a *API) beside(r *Recording, suffix string, most int64) ([]byte, error) {
	base, ok := strings.CutSuffix(r.File, ".wav")
	if !ok {
		return nil, fs.ErrInvalid
	}
	f, err := a.open(base + suffix)
	if err != nil {
		return nil, err
	}
	defer f.File.Close() //nolint:errcheck // only read
	return io.ReadAll(io.LimitReader(f.ReadSeeker, most))
}

// aboutTape is the description beside a recording: who spoke on which side, and
// what was kept when. It is empty when it cannot be read: it only adds.
type aboutTape struct {
	SHA256   string `json:"sha256"`
	Segments []struct {
		State string `json:"state"`
		From  int64  `json:"from_ms"`
		Until int64  `json:"until_ms"`
	} `json:"segments"`
	Parties []struct {
		Leg  core.LegID `json:"leg"`
		Side core.Side  `json:"side"`
	} `json:"parties"`
}

func (a *API) aboutTape(r *Recording) (about aboutTape) {
	if !r.DeletedAt.IsZero() {
		return about
	}
	b, err := a.beside(r, ".json", 1<<20)
	if err == nil {
		err = json.Unmarshal(b, &about)
	}
	if err != nil {
		a.log.Warn("a recording's description cannot be read", "recording", r.ID, "error", err)
	}
	return about
}

// side is where a leg is heard, as far as is known.
func (t *aboutTape) side(leg core.LegID, otherwise core.Side) core.Side {
	for _, p := range t.Parties {
		if p.Leg == leg {
			return p.Side
		}
	}
	return otherwise
}
