// Roads makes connections. A browser that has just come to another network goes on
// for some seconds with the list of addresses that it had on the old one (Chromium:
// until two seconds after the last of them has settled, and IPv6 takes its time), and
// whatever is sent from those is lost. Where a page has no microphone, it is not told
// addresses, so nothing is sent from one: it goes as the computer's routes say at that
// moment. An empty frame without a microphone is such a page.
export class Roads {
	#frames = new WeakMap<RTCPeerConnection, HTMLIFrameElement>();

	// open makes a connection; anew is one that trusts no list of addresses.
	open(settings: RTCConfiguration, anew: boolean): RTCPeerConnection {
		if (!anew) return new RTCPeerConnection(settings);
		const frame = document.createElement("iframe");
		frame.allow = "microphone 'none'; camera 'none'";
		frame.hidden = true;
		frame.tabIndex = -1;
		document.body.append(frame);
		const there = frame.contentWindow as (Window & typeof globalThis) | null;
		if (!there?.RTCPeerConnection) {
			frame.remove();
			return new RTCPeerConnection(settings);
		}
		const pc = new there.RTCPeerConnection(settings);
		this.#frames.set(pc, frame);
		return pc;
	}

	close(pc: RTCPeerConnection) {
		pc.close();
		this.#frames.get(pc)?.remove();
	}
}
