package api

import (
	"html/template"
	"net/http"
)

type aboutProblem struct{ title, text string }

// problems are the codes that callers meet most, each with a page of its own.
// Codes that are not here are still good codes; their detail says it all.
var problems = map[string]aboutProblem{
	"not-allowed-by-profile": {"Not allowed by your profile", "Your profile does not let you do this, such as declining calls or taking one from the pool. An administrator can change it in Maker."},
	"caller-left":            {"Caller left", "The caller has hung up. Nothing is counted against you."},
	"no-station":             {"No audio line", "Your page has no audio line to the server. Allow the microphone and reload, or call the operator."},
	"not-on-shift":           {"Not on shift", "Start your shift first: POST /api/v1/me/shift/start."},
	"not-ready":              {"Not ready", "Belfry is starting, stopping, or cannot keep its record. The log says which."},
	"too-many-calls":         {"Too many calls", "More calls come in than can be handled; new ones are refused until it is calmer."},
	"not-signed-in":          {"Not signed in", "The request carries no session that is still good. Sign in with POST /api/v1/session; a session ends after twelve hours, at sign-out, and when the password changes."},
	"wrong-login":            {"Wrong login or password", "Nobody has this login and this password together. We do not say which of the two is wrong, and each further try takes longer."},
	"setup-over":             {"Set-up over", "The link that sets Belfry up works once, and only as long as nobody has a password and the program has not been started again. Whoever is locked out gets a new password from the terminal: belfry user passwd LOGIN."},
	"too-many-tries":         {"Too many tries", "Too many people are waiting for their sign-in to be checked. Try again after the seconds that Retry-After names."},
	"calls-too-fast":         {"Calls too fast", "One user orders at most 20 calls at once and then one a second, from all pages and programs together."},
	"not-allowed":            {"Not allowed", "Your profile does not have the right that this needs. An administrator can give it to you in Maker."},
	"foreign-origin":         {"Foreign origin", "The request comes from a page of another site. Belfry takes orders only from its own pages, and from programs that are no browser."},
	"no-such-thing":          {"No such thing", "There is nothing at this address, or it is not yours to see."},
	"method-not-allowed":     {"Method not allowed", "The address is right, the method is not. The Allow header names those that are."},
	"unreadable":             {"Unreadable", "The body is no JSON that we can read."},
	"invalid":                {"Invalid", "Something in the request is not as it should be; the list of errors says what and where."},
	"too-large":              {"Too large", "A request's body may have 64 kB."},
	"wrong-media-type":       {"Wrong media type", "This address takes another Content-Type: see /docs."},
	"key-reused":             {"Idempotency key reused", "The same Idempotency-Key came with another request within 24 hours. Make a new key for every new order."},
	"key-in-flight":          {"Still in flight", "A request with the same Idempotency-Key is still being worked on. Ask again in a moment."},
	"too-slow":               {"Too slow", "The answer did not come in time. The order may have been carried out: look at your desk before you repeat it."},
	"call-taken":             {"Call taken", "Somebody else was first: the call is with another agent, or it has left the queue."},
	"agent-not-free":         {"Agent not free", "A call can be assigned to an agent who is ready. Choose another one, or wait a moment."},
	"not-in-small-banner":    {"Not in the small Banner", "The queue does not let its calls be taken in the small Banner. Open the Banner and take it there."},
	"offer-over":             {"Offer over", "The call is no longer offered to you: the caller left, the ring time ran out or a colleague took it."},
	"no-such-call":           {"No such call", "You are not in a call with this id. It may be over."},
	"no-such-recording":      {"No such recording", "There is no recording with this id, or it is not yours to listen to: one has talked in it or supervises its queue."},
	"recording-deleted":      {"Recording deleted", "The recording was deleted, by an administrator or because its queue does not keep recordings any longer. Its record says which."},
	"recording-held":         {"Under legal hold", "The recording is under legal hold: nothing deletes it until an administrator takes it from there."},
	"no-such-pop":            {"Nothing to open", "There is nothing to open for you under this id: it is too old, or of somebody else."},
	"no-such-button":         {"No such button", "The queue of this call and your profile have no button of this name. An administrator may have changed them."},
	"too-many-pops":          {"Too many at once", "Other requests of yours are still under way. Wait for them, and press again."},
	"no-such-offer":          {"No such offer", "No call is offered to you under this id."},
	"busy":                   {"Busy", "Belfry has more to do than it can handle now. Try again after the seconds that Retry-After names; calls that are up are not harmed."},
	"in-use":                 {"In use", "Other things name this one; used_by lists them. Take it out there first, or what they do would point nowhere."},
	"calls-waiting":          {"Calls wait in it", "Calls wait in this queue or ring from it. Wait until it is empty, or remove it with withdraw=true: they leave it by the output withdrawn of their Smart Routing, and nobody is hung up on by that."},
	"if-match-missing":       {"If-Match missing", "A change says what it changes: send the ETag that you read as If-Match, so that nobody's work is overwritten unseen. * changes whatever stands there."},
	"changed-meanwhile":      {"Changed meanwhile", "Somebody else has changed this since you read it. current is what it is now, with changed_by and changed_at; compare, and send your change again with its ETag."},
	"last-administrator":     {"Last administrator", "After this change nobody could administer the company, and nobody could take it back."},
	"id-taken":               {"Id taken", "Another thing has this id. Leave it out, and we give one."},
	"internal":               {"Internal error", "Something went wrong on our side. The operator finds it in the log under the same minute."},
}

// problemPage is what a problem's type leads to.
var problemPage = template.Must(template.New("problem").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{{.Title}} · Belfry</title>
<link rel="stylesheet" href="/docs/docs.css"><meta name="viewport" content="width=device-width">
<main><p><a href="/docs">Belfry API</a></p><h1>{{.Title}}</h1><p>{{.Text}}</p><p><code>{{.Code}}</code></p></main></html>
`))

func (a *API) routesOfProblems() {
	a.mux.HandleFunc("GET /problems/{code}", func(w http.ResponseWriter, r *http.Request) {
		code := r.PathValue("code")
		about, ok := problems[code]
		if !ok {
			a.refuse(w, problem(http.StatusNotFound, "no-such-thing", "There is no page about this problem; its detail says it all."))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		err := problemPage.Execute(w, struct{ Title, Text, Code string }{about.title, about.text, code})
		if err != nil {
			a.log.Debug("page not sent", "error", err)
		}
	})
}
