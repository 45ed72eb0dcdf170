// The book shows each part and each scene of the pages from fixed data:
// book.html?scene=call&lang=fr&theme=dark. It is built for us, not for agents.
import { mount, tick } from "svelte";
import "./tokens.css";
import "./base.css";
import { App } from "../banner/app.svelte";
import Banner from "../banner/Banner.svelte";
import Mini from "../banner/Mini.svelte";
import { ShiftModel } from "../banner/shift.svelte";
import Live from "../live/Live.svelte";
import { LiveModel } from "../live/live.svelte";
import Login from "../login/Login.svelte";
import Setup from "../login/Setup.svelte";
import { connect } from "../wire/client";
import { Clock } from "../wire/clock.svelte";
import { type Language, words } from "../words/words.svelte";
import Book from "./Book.svelte";
import { boardScenes, live } from "./scenes/boards";
import { callScenes } from "./scenes/calls";
import { dayScenes } from "./scenes/day";
import { listScenes } from "./scenes/lists";
import { NOW } from "./scenes/made";
import { miniScenes } from "./scenes/mini";
import { popupScenes } from "./scenes/popups";
import {
	decisions,
	interactions,
	messages,
	peaks,
	remarks,
	taped,
	tapes,
	whole,
} from "./scenes/records";
import { activities, type Scene } from "./scenes/scene";
import { card, destinations, me, talkScenes } from "./scenes/talks";

const scenes: Record<string, Scene> = {
	...dayScenes,
	...popupScenes,
	...callScenes,
	...listScenes,
	...talkScenes,
	...miniScenes,
	...boardScenes,
};
const query = new URLSearchParams(location.search);
const name = query.get("scene") ?? "parts";
const scene = scenes[name] ?? {};
const theme = query.get("theme");
if (theme) document.documentElement.dataset.theme = theme;

// A server that knows a few lists, and takes every order without doing it.
const server: typeof fetch = async (request) => {
	const { pathname, searchParams } = new URL((request as Request).url);
	const list = (items: unknown[]) =>
		Response.json({ items: scene.lists === false ? [] : items, next: null });
	if (pathname.endsWith("/api/v1/live")) return Response.json(live);
	if (pathname.endsWith("/peaks")) return Response.json(peaks);
	if (pathname.endsWith("/recordings")) return list(tapes);
	if (pathname.endsWith("/comments")) return list(remarks);
	if (pathname.endsWith("/links")) return list([]);
	if (pathname.includes("/recordings/")) return Response.json(taped);
	if (pathname.endsWith("/decisions")) return list(decisions);
	if (pathname.endsWith("/interactions")) return list(interactions);
	if (pathname.includes("/interactions/")) return Response.json(whole);
	if (pathname.endsWith("/destinations"))
		return list(destinations(searchParams.get("kind") ?? "", searchParams.get("q") ?? ""));
	if (pathname.includes("/contacts/")) return Response.json(card);
	if (pathname.endsWith("/voice-messages")) return list(messages);
	if ((request as Request).method === "POST") return new Promise(() => {});
	return Response.json({});
};

await words.speak((query.get("lang") as Language) ?? "en");
const app = new App(connect({ fetch: server, base: location.origin }), new Clock(() => NOW));
app.link = "open";
app.audio.live = true;
app.audio.level = 0.4;
app.activities = activities;
app.me = me;
const shift = new ShiftModel(app, async () => 12);
shift.look = async () => {
	shift.roundTrip = 12;
};
app.audio.openMic = async () => {};
function draw() {
	if (scene.desk) app.desk.draw(scene.desk);
	if (scene.pool) app.desk.drawPool(scene.pool);
	if (scene.lists !== false) app.mailbox.items = messages;
	scene.set?.(app, shift);
}
if (scene.page === "login") {
	const signIn = async () => {};
	mount(Login, { target: document.body, props: { preferences: app.preferences, signIn } });
} else if (scene.page === "setup" || scene.page === "setup-lost") {
	const token = scene.page === "setup" ? "TOKEN" : "";
	const zones = ["America/Argentina/ComodRivadavia", "Europe/Paris", "UTC"];
	const props = {
		preferences: app.preferences,
		token,
		zones,
		zone: "Europe/Paris",
		setUp: async () => {},
	};
	mount(Setup, { target: document.body, props });
} else if (scene.page === "live") {
	if (name === "live-recordings") history.replaceState(null, "", "/live/recordings");
	const model = new LiveModel(app.client, new Clock(() => NOW));
	model.link = "open";
	model.me = { ...me, activities, rights: ["supervise"] };
	if (scene.live) model.draw(scene.live);
	mount(Live, { target: document.body, props: { model } });
	await tick();
	if (name === "live-menu") document.querySelector<HTMLElement>("main .opener")?.click();
} else if (scene.page === "mini") {
	draw();
	mount(Mini, { target: document.body, props: { app, toBanner: () => {} } });
} else if (scene.page === "parts") {
	mount(Book, { target: document.body, props: { names: Object.keys(scenes) } });
} else {
	draw();
	mount(Banner, { target: document.body, props: { app, shift } });
}
document.documentElement.dataset.ready = "yes";
