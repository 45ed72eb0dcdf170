package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"belfry/core"
	"belfry/core/plan"
)

// revisionOf tells one text of a thing from another.
func revisionOf(x any) string {
	sum := sha256.Sum256(written(x))
	return hex.EncodeToString(sum[:8])
}

func quoted(tag string) string { return `"` + tag + `"` }

// strict reads a thing and takes no field that it does not have, but those that
// are only read: whoever has read a sheet may send it back.
func strict[T any](text []byte, only []string) (T, error) {
	var x T
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return x, misread(err)
	}
	for _, f := range only {
		delete(fields, f)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return x, misread(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&x); err != nil {
		return x, misread(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return x, misread(errors.New("more than one value"))
	}
	return x, nil
}

// misread names the field that could not be read.
func misread(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return core.FieldErrorf("body."+wrong.Field, "wrong-type", "a %s cannot stand here: %s is wanted", wrong.Value, kindOf(wrong.Type))
	}
	if _, name, found := strings.Cut(err.Error(), `unknown field "`); found {
		name = strings.TrimSuffix(name, `"`)
		return core.FieldErrorf("body."+name, "no-such-field", "there is no field %s here", name)
	}
	return problem(http.StatusBadRequest, "unreadable", fmt.Sprintf("The body is no JSON object that we can read: %v.", err))
}

func kindOf(t reflect.Type) string {
	switch t.Kind() { //nolint:exhaustive // the rest has its name
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Int:
		return "a whole number"
	}
	return t.String()
}

// merged is the thing with a patch over it (RFC 7396).
func merged(x any, patch []byte, only []string) ([]byte, error) {
	var now, change map[string]any
	if err := json.Unmarshal(written(x), &now); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(patch, &change); err != nil {
		return nil, misread(err)
	}
	for _, f := range only {
		delete(change, f)
	}
	merge(now, change)
	return json.Marshal(now)
}

func merge(now, change map[string]any) {
	for k, v := range change {
		inner, is := v.(map[string]any)
		switch {
		case v == nil:
			delete(now, k)
		case is:
			have, was := now[k].(map[string]any)
			if !was {
				have = map[string]any{}
			}
			merge(have, inner)
			now[k] = have
		default:
			now[k] = v
		}
	}
}

// readOnly are the names of the fields of a sheet that are only read.
func readOnly[S any]() []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[S]()) {
		if f.Tag.Get("readOnly") == "true" {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

// located puts the problems of a plan where the person sees them: body is the
// thing that they change. What is taken by another thing is told at the field
// that wants it.
func located(err error, doc *plan.Doc, name, id string) error {
	all, ok := errors.AsType[plan.Problems](err)
	if !ok {
		return err
	}
	p := problem(http.StatusUnprocessableEntity, all[0].Code, sentence(all[0].Text))
	if n := len(all) - 1; n > 0 {
		p.Detail += fmt.Sprintf(" And %d more.", n)
	}
	for _, x := range all {
		list, _, of, rest := doc.Place(x.Field)
		f := problemField{Location: x.Field, Message: x.Text, Code: x.Code}
		switch {
		case list == name && of == id:
			f.Location = "body." + rest
		case list == name && strings.HasSuffix(x.Code, "-taken"):
			f.Location, f.Message = "body."+rest, of+" has it already"
			if len(all) == 1 {
				p.Detail = capital(of) + " has the same " + rest + " already."
			}
		case of != "":
			f.Location = list + "[" + of + "]." + rest
		}
		p.Errors = append(p.Errors, f)
	}
	return p
}

// inUse says what names a thing that was to go.
func inUse(name string, uses []plan.Use) *Problem {
	p := problem(http.StatusConflict, "in-use", "")
	var said []string
	for _, u := range uses {
		p.UsedBy = append(p.UsedBy, useView{List: u.List, ID: u.ID, Name: u.Name, Field: u.Field})
		said = append(said, u.Name)
	}
	said = slices.Compact(said)
	if n := len(said); n > 3 {
		said = append(said[:3], fmt.Sprintf("%d more", n-3))
	}
	p.Detail = fmt.Sprintf("%s is used by %s. Take it out there first.", name, strings.Join(said, ", "))
	return p
}

// document tells what huma cannot see of bodies that we read ourselves.
func (t things[T, S]) document(all, one string) {
	doc := t.a.huma.OpenAPI()
	sheet := doc.Components.Schemas.Schema(reflect.TypeFor[S](), true, "")
	body := func(op *huma.Operation, s *huma.Schema, types ...string) {
		op.RequestBody.Content = map[string]*huma.MediaType{}
		for _, t := range types {
			op.RequestBody.Content[t] = &huma.MediaType{Schema: s}
		}
	}
	body(doc.Paths[all].Post, sheet, "application/json")
	body(doc.Paths[one].Put, sheet, "application/json")
	some := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: "Any of the fields of " + nameOf(reflect.TypeFor[S](), "")}
	body(doc.Paths[one].Patch, some, "application/merge-patch+json", "application/json")
}
