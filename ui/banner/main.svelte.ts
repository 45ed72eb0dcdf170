// The Banner's page: the models are joined to the server and to the other tabs
// of this browser, and drawn.
import { mount, tick } from "svelte";
import "../kit/tokens.css";
import "../kit/base.css";
import { connect } from "../wire/client";
import { Stream } from "../wire/stream";
import { Tabs } from "../wire/tabs";
import type { Desk, Me, Pool } from "../wire/types";
import { say } from "../words/words.svelte";
import { App, type View, views } from "./app.svelte";
import Banner from "./Banner.svelte";
import { dialLink } from "./dialling.svelte";
import { Notices } from "./notices";

const mini = location.pathname.startsWith("/mini"); // the small Banner, as a page of its own
const HAD = "belfry.line.mini"; // it had the sound before it was loaded anew
const QUIET = 5_000; // ms without the stream after which nothing may ring

const client = connect();
const app = new App(client);
await app.preferences.load();

const notices = new Notices(app);

let me: Me | undefined;
let build = "";
async function meet() {
	try {
		const { data } = await client.GET("/api/v1/me");
		if (!data) return;
		if (build && data.build !== build) app.update = true;
		build = data.build;
		me = app.me = data;
		app.activities = data.activities;
		app.takesCalls = data.rights.includes("take_calls");
	} catch {
		// The stream says what is wrong: signed out, or out of reach.
	}
}
await meet();
// Queues and rights follow the profile in use.
$effect.root(() => {
	$effect(() => {
		const profile = app.desk.agent?.profile;
		if (profile && app.me && profile !== app.me.profile.id) void meet();
	});
});

let silence: ReturnType<typeof setTimeout> | undefined;
let resumed = false;
let worked = false; // the last desk was one of a shift
let inherits = false; // another tab that is gone now had the sound

const stream = new Stream({
	url: "/api/v1/me/events",
	message: (message) => tabs.pass(message),
	state: (state) => tabs.passState(state),
});

const tabs = new Tabs({
	name: `belfry ${me?.id ?? ""}`,
	lead: (lastId) => {
		app.audio.elsewhere = false;
		inherits = lastId !== "" || sessionStorage.getItem(HAD) !== null;
		stream.lastId = lastId;
		stream.start();
	},
	message: (message) => {
		const came = performance.now();
		if (message.event === "desk") void draw(JSON.parse(message.data) as Desk, came);
		if (message.event === "pool") app.desk.drawPool(JSON.parse(message.data) as Pool);
		// The main thread answers, so that a page that is frozen is known to be.
		if (message.event === "ping" && tabs.leading)
			void client.POST("/api/v1/me/pong", { body: JSON.parse(message.data) }).catch(() => {});
	},
	state: (state) => {
		const before = app.link;
		app.linkIs(state);
		clearTimeout(silence);
		if (state !== "open") silence = setTimeout(() => app.audio.hush(), QUIET);
		else if (before !== "open" && before !== "connecting") void meet();
	},
	leave: () => location.assign("/login"),
});

// draw shows a desk, and tells the server once an offer stands in the document.
// A hidden tab has no animation frames, so none is waited for.
async function draw(desk: Desk, came: number) {
	const offered = desk.offer && desk.offer.id !== app.desk.desk?.offer?.id ? desk.offer : undefined;
	const missed = app.desk.desk?.missed.length;
	if (!app.desk.draw(desk)) return;
	follow();
	dialLinked();
	if (desk.pops.some((pop) => pop.state === "open"))
		void import("./pops.svelte").then(({ popsOf }) => popsOf(app).follow(desk));
	if (offered && !desk.offer?.drawn) {
		await tick();
		if (tabs.leading)
			void client
				.POST("/api/v1/offers/{id}/ack", {
					params: { path: { id: offered.id } },
					body: { rendered_ms: performance.now() - came },
				})
				.catch(() => {}); // the floor gives the call to somebody else
	}
	if (tabs.leading) notices.follow(desk);
	if (missed === undefined) void app.mailbox.load();
}

// follow keeps the sound with the desk. After a reload in a shift the line comes
// back unasked: the permission was given at its start.
function follow() {
	const desk = app.desk.desk;
	if (!desk) return;
	app.audio.elsewhere = !tabs.leading;
	if (!tabs.leading) return;
	const own = desk.agent.on_shift && desk.agent.station === "browser";
	if (own && !resumed) {
		resumed = true;
		// The small one takes no sound from another computer unless it is asked to.
		if (mini && desk.agent.station_up && !inherits) app.audio.lost = "moved";
		else if (app.audio.state === "off") void app.audio.start();
	}
	if (mini && app.audio.state === "up") sessionStorage.setItem(HAD, "yes");
	// The line comes up before the shift begins: only a shift that was there can end.
	if (!desk.agent.on_shift && worked) {
		resumed = false;
		void app.audio.stop();
	}
	worked = desk.agent.on_shift;
	app.audio.follow(desk, desk.offer !== null && app.desk.asked(`accept:${desk.offer.id}`));
}
$effect.root(() => {
	$effect(() => {
		const offer = app.desk.offer;
		if (offer && app.desk.asked(`accept:${offer.id}`)) follow();
	});
});

app.openSmall = () => void import("./small").then(({ openSmall }) => openSmall(app));

// toBanner shows the window of the Banner, or opens one.
function toBanner() {
	const banner = window.open("", "belfry-banner");
	if (banner?.location.href === "about:blank") banner.location.assign("/banner");
	banner?.focus();
}

app.startLine = async () => {
	resumed = true;
	await app.audio.start();
	follow();
};
app.audio.mutedTalk = () => {
	app.toasts.add(say("call.muted_talk"), "bad");
	app.audio.zip();
};
app.audio.unplugged = (name) => app.toasts.add(say("devices.gone", { name }), "bad");
app.audio.pluggedIn = (name) => app.toasts.add(say("devices.back", { name }));
app.audio.watchDevices();
app.checkSound = async () => (await soundCheck).check();
const soundCheck = import("./soundcheck.svelte").then(({ SoundCheck }) => {
	const check = new SoundCheck(app, (fault) =>
		client.POST("/api/v1/me/sound", { body: { fault } }),
	);
	check.watch();
	return check;
});
app.signIn = async (login, password) => {
	await client.POST("/api/v1/session", { body: { login, password } });
	app.link = "connecting";
	await meet();
	if (tabs.leading) stream.start();
};
app.signOut = async () => {
	try {
		if (app.desk.agent?.on_shift) await client.POST("/api/v1/me/shift/end");
		await app.audio.stop();
		await client.DELETE("/api/v1/session");
	} catch {
		// A session that is gone is signed out.
	}
	tabs.leave();
	location.assign("/login");
};

function place() {
	const number = dialLink(location.hash);
	if (number) {
		// A link fills the sheet; only the agent calls.
		history.replaceState(null, "", "#voice");
		linked = number;
		dialLinked();
	}
	const view = location.hash.slice(1) || location.pathname.split("/").pop();
	app.view = views.includes(view as View) ? (view as View) : "voice";
}
let linked = "";
function dialLinked() {
	if (!linked || !app.desk.desk || app.dialling.why) return;
	app.dialling.show(linked);
	linked = "";
}
addEventListener("hashchange", place);
// A stream that was opened on another network is dead, and nothing says so.
addEventListener("online", () => stream.renew());
app.audio.doubt = () => stream.renew();
// A page that was put to sleep, or kept aside, comes back to a dead line.
document.addEventListener("resume", () => stream.renew());
addEventListener("pageshow", (event) => {
	if (event.persisted) stream.renew();
});
addEventListener("pagehide", () => app.audio.hush());
place();
app.clock.start();
if (mini) {
	window.name = "belfry-mini";
	const { default: Mini } = await import("./Mini.svelte");
	mount(Mini, { target: document.body, props: { app, toBanner } });
} else {
	window.name = "belfry-banner";
	mount(Banner, { target: document.body, props: { app } });
}
tabs.start();
