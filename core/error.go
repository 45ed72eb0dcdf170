package core

import (
	"errors"
	"fmt"
)

// A Kind says what sort of trouble it is, so that each edge can put it in its
// own words: HTTP as a status, SIP as a response, a screen as a sentence.
type Kind uint8

// The kinds of trouble.
const (
	Internal Kind = iota // our fault; the text is for the log only
	Invalid              // what was asked makes no sense
	Missing              // there is no such thing
	Denied               // not for this person
	Conflict             // somebody else was first, or the state forbids it
	Busy                 // perhaps later
)

// Error is what a person may read. Code is a stable slug in kebab case
// ("call-taken") that pages translate; Field names the input at fault, By the
// person who was first.
type Error struct {
	Kind  Kind
	Code  string
	Field string
	Text  string
	By    string
}

func (e *Error) Error() string {
	if e.Field != "" {
		return e.Field + ": " + e.Text
	}
	return e.Text
}

// Errorf returns an Error of the kind with a stable code and a sentence.
func Errorf(k Kind, code, format string, args ...any) *Error {
	return &Error{Kind: k, Code: code, Text: fmt.Sprintf(format, args...)}
}

// FieldErrorf is Errorf for input whose field is known.
func FieldErrorf(field, code, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Code: code, Field: field, Text: fmt.Sprintf(format, args...)}
}

// KindOf returns the kind of the first Error that err wraps, else Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
