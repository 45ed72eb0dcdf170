package api

import "belfry/core"

// Meter counts what /metrics shows.
type Meter struct{}

// NewMeter returns a meter at zero.
func NewMeter() *Meter { return &Meter{} }

// Note counts a fact once it is kept.
func (m *Meter) Note(f core.Fact) {}

// Sample is one figure read when /metrics is.
type Sample struct {
	Name   string // without belfry_
	Help   string
	Kind   string   // gauge, counter
	Labels []string // name, value, name, value …
	Value  float64
}

// Gauge adds a source of figures, read at each look.
func (m *Meter) Gauge(read func() []Sample) {}
