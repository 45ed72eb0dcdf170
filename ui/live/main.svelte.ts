// The supervisor's page: the model is joined to the server and drawn.
import { mount } from "svelte";
import "../kit/tokens.css";
import "../kit/base.css";
import { connect } from "../wire/client";
import { Stream } from "../wire/stream";
import type { Live as LiveNews } from "../wire/types";
import Live from "./Live.svelte";
import { LiveModel } from "./live.svelte";

const client = connect();
const model = new LiveModel(client);
await model.preferences.load();

const stream = new Stream({
	url: "/api/v1/live/events",
	message: (message) => {
		if (message.event === "live") model.draw(JSON.parse(message.data) as LiveNews);
	},
	state: (state) => {
		// A try to come back is not yet a connection.
		if (!(state === "connecting" && model.link === "lost")) model.link = state;
		if (state === "signed_out") toLogin();
	},
});

function toLogin() {
	location.assign("/login?next=/live");
}

model.signOut = async () => {
	try {
		await client.DELETE("/api/v1/session");
	} catch {
		// A session that is gone is signed out.
	}
	location.assign("/login");
};
addEventListener("online", () => stream.renew());
document.addEventListener("resume", () => stream.renew());
addEventListener("pageshow", (event) => {
	if (event.persisted) stream.renew();
});

try {
	const { data } = await client.GET("/api/v1/me");
	model.me = data;
} catch {
	// The stream says what is wrong: signed out, or out of reach.
}
model.clock.start();
mount(Live, { target: document.body, props: { model } });
if (!model.me || model.supervises) stream.start();
