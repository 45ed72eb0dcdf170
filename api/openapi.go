package api

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const about = `The same API that Belfry's own pages use. Sign in with POST /api/v1/session; the cookie, or the
same token as Authorization: Bearer, stands for you from then on. What happens comes as a stream of
events (GET /api/v1/me/events); orders are requests, and each answers with what it changed. An order
that must not be carried out twice carries an Idempotency-Key.`

// humaConfig is huma without what we do ourselves: the documentation pages, and
// links in every answer.
func humaConfig() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: "Belfry", Version: "1", Description: about},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", nameOf),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"cookie": {Type: "apiKey", In: "cookie", Name: plainCookie, Description: "__Host-belfry under TLS"},
					"bearer": {Type: "http", Scheme: "bearer"},
				},
			},
			Security: []map[string][]string{{"cookie": {}}, {"bearer": {}}},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{asProblem},
	}
}

// nameOf names a schema: deskView is Desk, list[queueView] is QueueList, and
// plan.Share is PlanShare.
func nameOf(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if name == "" {
		name = hint
	}
	if strings.HasSuffix(t.PkgPath(), "/core/plan") { // its words are not the views': a plan may grow without a thought of them
		return "Plan" + name
	}
	outer, inner, generic := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	if generic {
		inner = inner[strings.LastIndex(inner, ".")+1:]
		return capital(strings.TrimSuffix(inner, "View")) + capital(outer)
	}
	return capital(strings.TrimSuffix(name, "View"))
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// withProblem adds the one shape that every error has.
func withProblem(m map[string]*huma.Response, r huma.Registry) map[string]*huma.Response {
	if m == nil {
		m = map[string]*huma.Response{}
	}
	m["default"] = &huma.Response{
		Description: "A problem (RFC 9457)",
		Content: map[string]*huma.MediaType{"application/problem+json": {
			Schema: r.Schema(reflect.TypeFor[Problem](), true, "Problem"),
		}},
	}
	return m
}

// document finishes the OpenAPI text: what Go's types cannot say.
func (a *API) document() []byte {
	doc := a.huma.OpenAPI()
	all := doc.Components.Schemas.Map()
	delete(all, "ErrorModel") // huma's own error, which nobody ever gets
	delete(all, "ErrorDetail")
	taken := map[string]bool{} // by requests: they stay strict
	for _, path := range doc.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Put, path.Post, path.Patch, path.Delete} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			for _, m := range op.RequestBody.Content {
				taken[strings.TrimPrefix(m.Schema.Ref, "#/components/schemas/")] = true
			}
		}
	}
	for name, s := range all {
		if taken[name] {
			continue
		}
		s.AdditionalProperties = nil // we may add, and nobody may mind
		nullable(s, doc.Components.Schemas.TypeFromRef("#/components/schemas/"+name))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		panic(err) // made of our own types
	}
	return b.Bytes()
}

// nullable says which fields may be null: the pointers that are always sent.
// Lists never are.
func nullable(s *huma.Schema, t reflect.Type) {
	for _, p := range s.Properties {
		if p.Type == huma.TypeArray {
			p.Nullable = false
		}
	}
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for _, f := range reflect.VisibleFields(t) {
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[name]
		if p == nil || f.Type.Kind() != reflect.Pointer || strings.Contains(opts, "omitempty") {
			continue
		}
		if p.Ref == "" {
			p.Nullable = true
			continue
		}
		s.Properties[name] = &huma.Schema{
			Description: p.Description,
			OneOf:       []*huma.Schema{{Ref: p.Ref}, {Type: "null", Enum: []any{nil}}},
		}
	}
}

// OpenAPI is the text that /openapi.json serves.
func OpenAPI() []byte { return New(Options{}).openapi }
