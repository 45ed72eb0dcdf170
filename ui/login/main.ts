import { mount } from "svelte";
import "../kit/tokens.css";
import "../kit/base.css";
import { Preferences } from "../banner/preferences.svelte";
import { connect } from "../wire/client";
import Login from "./Login.svelte";

const client = connect({ patience: 0 });
const preferences = new Preferences();
await preferences.load();

mount(Login, {
	target: document.body,
	props: {
		preferences,
		signIn: async (login: string, password: string) => {
			await client.POST("/api/v1/session", { body: { login, password } });
			// The server knows where each user belongs, and where they came from.
			const next = new URLSearchParams(location.search).get("next") ?? "/";
			location.assign(/^\/(?![/\\])/.test(next) ? next : "/");
		},
	},
});
