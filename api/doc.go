// Package api is Belfry's door for browsers and scripts: the REST API with its
// OpenAPI text, each agent's stream of events, the pages, and who may do what
// of it. It puts the words of core into JSON and core's errors into problem
// documents (RFC 9457).
//
// It decides nothing about calls (that is the floor), keeps nothing (that is
// the store) and carries no audio (that is rtc): it knows them as the small
// interfaces in need.go.
package api
