package api_test

import (
	"testing"

	"belfry/api"
)

func TestTrunks(t *testing.T) {
	t.Parallel()
	h := open(t, func(o *api.Options) {
		o.Trunks = func() []api.Trunk {
			return []api.Trunk{
				{ID: "trk_one", Name: "One", Up: true, Since: 1, Channels: 2, Limit: 30},
				{ID: "trk_two", Name: "Two", Since: 1, Registers: true, Error: "403 Forbidden", ErrorAt: 2},
			}
		}
	})
	var all struct {
		Items []struct {
			ID         string
			Up         bool
			Registered *bool
			Channels   int
			Limit      *int
			Error      string
			ErrorAt    *string `json:"error_at"`
		}
	}
	h.as("sam").get("/api/v1/trunks").read(t, &all)
	if len(all.Items) != 2 {
		t.Fatalf("%+v", all)
	}
	if one := all.Items[0]; one.ID != "trk_one" || !one.Up || one.Registered != nil || one.Channels != 2 || *one.Limit != 30 || one.ErrorAt != nil {
		t.Errorf("%+v", one)
	}
	if two := all.Items[1]; two.Up || two.Registered == nil || *two.Registered || two.Limit != nil || two.Error == "" || two.ErrorAt == nil {
		t.Errorf("%+v", two)
	}
	h = open(t)
	h.as("admin").get("/api/v1/trunks").read(t, &all)
	if len(all.Items) != 0 {
		t.Errorf("%+v", all)
	}
}
