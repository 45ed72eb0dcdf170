// Lists are calls that are over, and voice messages.
import { desk } from "./made";
import type { Scene } from "./scene";

export const listScenes: Record<string, Scene> = {
	history: {
		desk: desk(),
		set: (app) => {
			app.view = "history";
		},
	},
	"history-empty": {
		desk: desk(),
		lists: false,
		set: (app) => {
			app.view = "history";
		},
	},
	player: {
		desk: desk(),
		set: (app) => {
			app.view = "history";
			void app.history.open("int_1");
			// The player stands below the figures: the picture is of it.
			new MutationObserver((_, watch) => {
				const player = document.querySelector(".recording .segments");
				if (!player) return;
				watch.disconnect();
				player.parentElement?.scrollIntoView();
			}).observe(document.body, { childList: true, subtree: true });
		},
	},
	story: {
		desk: desk(),
		set: (app) => {
			app.view = "history";
			void app.history.open("int_1");
		},
	},
	voicemail: {
		desk: desk(),
		set: (app) => {
			app.view = "voicemail";
		},
	},
	"voicemail-empty": {
		desk: desk(),
		lists: false,
		set: (app) => {
			app.view = "voicemail";
		},
	},
};
