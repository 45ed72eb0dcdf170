import { mount } from "svelte";
import "../kit/tokens.css";
import "../kit/base.css";
import { Preferences } from "../banner/preferences.svelte";
import { connect } from "../wire/client";
import type { FirstRun } from "./password";
import Setup from "./Setup.svelte";

const client = connect({ patience: 0 });
const preferences = new Preferences();
await preferences.load();

// The company is most likely where this browser is.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const zones = [...new Set(["UTC", zone, ...Intl.supportedValuesOf("timeZone")])].sort();

mount(Setup, {
	target: document.body,
	props: {
		preferences,
		zones,
		zone,
		token: location.hash.slice(1),
		setUp: async (body: FirstRun) => {
			await client.POST("/api/v1/setup", { body });
			location.replace("/"); // the link is worth nothing any more: not to be gone back to
		},
	},
});
