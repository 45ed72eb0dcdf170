// Package browser drives Debian's Chromium in tests of the whole program: it
// starts one, opens pages, presses controls by the name that a screen reader
// would say, waits for what shall appear, and measures what a page hears.
//
// It speaks the DevTools protocol over a pipe: no port is opened and a browser
// never outlives its test. It is for tests alone, and knows nothing of Belfry.
package browser
