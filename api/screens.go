package api

import "belfry/core"

// Screens are the pages that listen now. The host draws desks and pools onto
// them; it is made before the host and given to New afterwards.
type Screens struct{}

// NewScreens returns none.
func NewScreens() *Screens { return &Screens{} }

// Draw sends a desk to the agent's pages. It never blocks.
func (s *Screens) Draw(agent core.UserID, d *core.Desk) {}

// DrawPool sends the list of waiting calls, at most twice a second. It never
// blocks.
func (s *Screens) DrawPool(agent core.UserID, p *core.Pool) {}

// Watching names the agents who have a page open.
func (s *Screens) Watching() []core.UserID { return nil }
