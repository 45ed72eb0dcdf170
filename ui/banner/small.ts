// Small opens the small Banner in a window of its own that stays over the others:
// the browser's picture-in-picture where it has one for documents, which is this
// page's own tree in another window, with the same state and no other connection;
// elsewhere a small window of the browser with a page of its own.
import { mount, unmount } from "svelte";
import type { App } from "./app.svelte";
import Mini from "./Mini.svelte";

interface Pictures {
	window: Window | null;
	requestWindow: (options: { width: number; height: number }) => Promise<Window>;
}

export const WIDTH = 380;
export const HEIGHT = 264;

export async function openSmall(app: App) {
	const pictures = (globalThis as { documentPictureInPicture?: Pictures }).documentPictureInPicture;
	if (!pictures) return popUp();
	if (pictures.window) return pictures.window.focus();
	try {
		show(app, await pictures.requestWindow({ width: WIDTH, height: HEIGHT }));
	} catch {
		popUp(); // not in a page that is itself a part of another one
	}
}

function popUp() {
	window.open("/mini", "belfry-mini", `popup,width=${WIDTH},height=${HEIGHT}`)?.focus();
}

// show draws the small Banner into the other window, in the look of this one.
function show(app: App, other: Window) {
	const page = other.document;
	const root = document.documentElement;
	const dress = () => {
		page.documentElement.lang = root.lang;
		page.documentElement.dataset.theme = root.dataset.theme ?? "";
	};
	dress();
	const style = (node: Node) => {
		if (node instanceof HTMLLinkElement && node.rel === "stylesheet")
			page.head.append(node.cloneNode());
		if (node instanceof HTMLStyleElement) page.head.append(node.cloneNode(true));
	};
	document.head.childNodes.forEach(style);
	// Parts that are loaded later bring their style into the first window's head.
	const later = new MutationObserver((changes) => {
		for (const change of changes) change.addedNodes.forEach(style);
		dress();
	});
	later.observe(document.head, { childList: true });
	later.observe(root, { attributes: true, attributeFilter: ["lang", "data-theme"] });
	const mini = mount(Mini, {
		target: page.body,
		props: { app, toBanner: () => window.focus(), within: other },
	});
	other.addEventListener("pagehide", () => {
		later.disconnect();
		void unmount(mini);
	});
}
