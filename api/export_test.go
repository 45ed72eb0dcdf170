package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Patterns are all that is registered.
func (a *API) Patterns() []string { return a.mux.patterns }

// Rows are the table of rights.
func Rows() []string {
	var rows []string
	for pattern := range needs {
		rows = append(rows, pattern)
	}
	return rows
}

// Conforms says whether an answer is as the OpenAPI text has it.
func (a *API) Conforms(r *http.Request, status int, contentType, body string) error {
	_, pattern := a.mux.Handler(r)
	method, path, _ := strings.Cut(pattern, " ")
	doc := a.huma.OpenAPI()
	item := doc.Paths[path]
	if item == nil {
		return nil // no part of the API
	}
	op := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete}[method]
	if op == nil {
		return nil
	}
	said := op.Responses[strconv.Itoa(status)]
	if said == nil {
		said = op.Responses["default"]
	}
	if said == op.Responses["default"] && status < 400 {
		return fmt.Errorf("%s: status %d is not in the text", pattern, status)
	}
	media, _, _ := mime.ParseMediaType(contentType)
	content := said.Content[media]
	if content == nil {
		if body == "" || media != "application/json" && media != "application/problem+json" {
			return nil
		}
		return fmt.Errorf("%s: %d is no %s in the text", pattern, status, media)
	}
	if content.Schema == nil || content.Schema.Type == "string" {
		return nil
	}
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		return fmt.Errorf("%s: %w", pattern, err)
	}
	var res huma.ValidateResult
	pb := huma.NewPathBuffer(nil, 0)
	huma.Validate(doc.Components.Schemas, content.Schema, pb, huma.ModeReadFromServer, v, &res)
	return errors.Join(res.Errors...)
}
