package api

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
)

const sdpType = "application/sdp"

type stationInput struct {
	ContentType string `header:"Content-Type"`
	RawBody     []byte `contentType:"application/sdp"`
}

type stationOutput struct {
	ContentType string   `header:"Content-Type"`
	Location    string   `header:"Location" doc:"DELETE it to hang the line up"`
	Link        []string `header:"Link" doc:"TURN servers, rel=ice-server, when there are any"`
	Body        []byte
}

type stationChoiceInput struct {
	Body struct {
		Kind   string `json:"kind" enum:"browser,phone,outside" doc:"What I talk with, now and from now on"`
		Number string `json:"number,omitempty" maxLength:"80" doc:"Of an outside phone, as a person writes it"`
	} `nameHint:"StationChoice"`
}

type stationIDInput struct {
	ID string `path:"id" maxLength:"80"`
}

func (a *API) routesOfStation() {
	const tag, at = "Station", "/api/v1/me/station"
	sdp := map[string]*huma.MediaType{sdpType: {Schema: &huma.Schema{Type: "string"}}}
	route(a, huma.Operation{
		OperationID: "openStation", Method: http.MethodPost, Path: at, Tags: []string{tag}, DefaultStatus: http.StatusCreated,
		Summary:     "Open my audio line",
		Description: "Send an SDP offer with one audio section and all candidates; the answer comes back. One line lasts all shift. The newest replaces the one before, in whichever window that was; a call in progress moves to it.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{sdpType: sdp[sdpType]}},
		Responses:   map[string]*huma.Response{"201": {Description: "The SDP answer", Content: sdp}},
	}, func(ctx context.Context, s *seat, in *stationInput) (*stationOutput, error) {
		if mt, _, err := mime.ParseMediaType(in.ContentType); err != nil || mt != sdpType {
			return nil, problem(http.StatusUnsupportedMediaType, "wrong-media-type", "Send the offer as application/sdp.")
		}
		offer := string(in.RawBody)
		if !strings.HasPrefix(offer, "v=0") {
			return nil, core.FieldErrorf("body", "bad-sdp", "This is no SDP offer: it does not begin with v=0.")
		}
		id, sdp, err := a.o.Stations.Offer(ctx, s.user.ID, offer)
		if err != nil {
			return nil, err
		}
		return &stationOutput{sdpType, at + "/" + string(id), a.ice(s.user.ID), []byte(sdp)}, nil
	})
	route(a, huma.Operation{
		OperationID: "useStation", Method: http.MethodPut, Path: at, Tags: []string{tag},
		Summary:     "Choose what I talk with",
		Description: "The browser, my SIP phone, or a phone at an outside number, at which a person must press 1. In a call the conversation moves there.",
	}, func(ctx context.Context, s *seat, in *stationChoiceInput) (*answer[deskView], error) {
		w := core.UseStation{Kind: core.StationKind(in.Body.Kind)}
		if w.Kind == core.OutsideStation {
			t, err := s.number("body.number", in.Body.Number)
			if err != nil {
				return nil, err
			}
			w.Number, w.Class = t.Number, t.Class
		}
		return a.ask(ctx, s, w)
	})
	route(a, huma.Operation{
		OperationID: "closeStation", Method: http.MethodDelete, Path: at + "/{id}", Tags: []string{tag},
		Summary: "Hang my audio line up",
	}, func(ctx context.Context, s *seat, in *stationIDInput) (*nothing, error) {
		return nil, a.o.Stations.Close(ctx, s.user.ID, core.StationID(in.ID))
	})
}

func (a *API) ice(agent core.UserID) []string {
	if a.o.ICE == nil {
		return nil
	}
	return a.o.ICE(agent)
}
