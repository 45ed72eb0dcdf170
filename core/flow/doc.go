// Package flow walks a call through a Smart Routing tree: it checks the trees
// of a plan, compiles them into a Book, and takes one step at a time. What has
// happened goes in (a prompt ended, a key was pressed, a deadline passed, the
// queue was left), orders come out (play this, enter that queue, hang up).
//
// It knows nothing of agents and lines and keeps no state of its own: where a
// call stands is a Run, a plain value that the floor keeps in the call, and the
// counters of the groups are the floor's too. Nothing here waits, and nothing
// panics: a tree that points nowhere ends the call politely.
//
// Each kind of node is one file; kinds.go lists them.
package flow
