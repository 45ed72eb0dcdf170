// Notices tell of a call outside the page, while it is hidden: a notification
// that goes when the offer goes, and whose click brings the page to the front.
import type { Desk } from "../wire/types";
import { say } from "../words/words.svelte";
import type { App } from "./app.svelte";
import { families, who } from "./people";

export class Notices {
	#shown: Notification | undefined;
	#offer = "";

	constructor(private app: App) {}

	follow(desk: Desk) {
		const offer = desk.offer;
		if (offer?.id === this.#offer) return;
		this.#shown?.close();
		this.#shown = undefined;
		this.#offer = offer?.id ?? "";
		if (!offer || !document.hidden) return;
		if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
		const transfer = offer.transfer && !offer.transfer.returned ? offer.transfer : undefined;
		const about = [
			transfer && say("popup.requested", { name: transfer.by_name }),
			transfer?.note,
			say(families[offer.colour].word),
			offer.queue_name,
		]
			.filter(Boolean)
			.join(" · ");
		const notice = new Notification(who(offer), {
			body: about,
			tag: offer.call,
			requireInteraction: true,
			silent: true, // the page rings
		});
		notice.onclick = () => {
			window.focus();
			this.app.view = "voice";
			notice.close();
		};
		this.#shown = notice;
	}
}
