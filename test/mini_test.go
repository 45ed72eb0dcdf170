package test

import "testing"

// TestSmallBanner: the small Banner is a remote control of the Banner in another
// tab, which keeps the sound: a call is taken, muted and ended there. What a queue
// does not let be taken there is answered in the Banner itself, by the key too.
func TestSmallBanner(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann") // a hidden tab from here on: it draws nothing, and tells no screen reader
	small := *ann
	small.Page = ann.home.Open(p.HTTP + "/mini")
	small.Size(380, 264)
	small.WaitText("No call waiting.")

	ph := p.Dial("+33100000001")
	rings := func() { // and that is known
		t.Helper()
		small.WaitPopup()
		Wait(t, "it is known to ring", func() bool { o := small.desk().Offer; return o != nil && o.Drawn != nil })
	}
	rings()
	small.Click("button", "Accept")
	small.Find("region", "Active call")
	ann.WaitTone(callerHz)
	var lines int
	if small.Eval(`__ear.lines.length`, &lines); lines != 0 {
		t.Errorf("the small Banner has %d audio lines of its own", lines)
	}
	small.Click("button", "Mute my mic")
	small.Find("button", "Reactivate my mic")
	ann.Wait(`document.querySelector('section[aria-label="Active call"]').innerText.includes("Reactivate my mic")`)
	small.HangUp()
	ph.Well()
	small.EndPost()

	if status := p.Login("admin").Patch("/api/v1/queues/que_sales", `{"small_banner":false}`); status != 200 {
		t.Fatalf("the queue is not changed: %d", status)
	}
	ph = p.Dial("+33100000001")
	rings()
	small.Find("button", "Open the Banner")
	if small.Has("button", "Accept") {
		t.Error("the small Banner offers to take what it may not")
	}
	if status := small.Do("POST", "/api/v1/offers/"+small.desk().Offer.ID+"/accept?small=true", nil, nil); status != 403 {
		t.Errorf("the server says %d", status)
	}
	ann.Eval(`document.querySelector(".popup .accept").click()`, nil)
	small.Find("region", "Active call")
	small.HangUp()
	ph.Well()
	ann.CheckErrors()
	small.CheckErrors()
	p.Sound()
}

// TestSmallBannerOverOthers: the button of the Banner opens it over the other
// windows, with the Banner's own state and look, and a call is taken there.
func TestSmallBannerOverOthers(t *testing.T) {
	t.Parallel()
	p := Demo(t)
	ann := p.Agent(t, "ann")
	ann.Click("button", "Small Banner")
	const other = `documentPictureInPicture.window?.document`
	ann.Wait(other + `?.body.innerText.includes("No call waiting.")`)
	ph := p.Dial("+33100000001")
	is, wanted := ann.PopupColour("raspberry")
	var small string
	ann.Eval(`getComputedStyle(`+other+`.querySelector('[role="alertdialog"]')).backgroundColor`, &small)
	if is != wanted || small != wanted {
		t.Errorf("the popup is %s, the small one %s, and not %s", is, small, wanted)
	}
	ann.Eval(other+`.querySelector(".accept").click()`, nil)
	ann.Wait(other + `.querySelector('[aria-label="Active call"]') !== null`)
	ann.Find("region", "Active call")
	ann.WaitTone(callerHz)
	ann.Eval(`documentPictureInPicture.window.close()`, nil)
	ann.Wait(`documentPictureInPicture.window === null`)
	ann.HangUp()
	ph.Well()
	ann.CheckErrors()
	p.Sound()
}
