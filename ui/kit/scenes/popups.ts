// Popups are offers of a call, of each kind and in each state.
import { ago, buttons, desk, NOW, offer, pool, pops, transfer } from "./made";
import type { Scene } from "./scene";

export const popupScenes: Record<string, Scene> = {
	"popup-raspberry": {
		desk: desk(
			{
				offer: offer("raspberry", {
					transfer: transfer({ attended: true, note: "Contract FR-88213, wants fibre" }),
				}),
			},
			{ state: "presented", since: ago(2) },
		),
		pool,
	},
	"popup-ocean": {
		desk: desk({ offer: offer("ocean") }, { state: "presented", since: ago(2) }),
		pool,
	},
	"popup-sky": {
		desk: desk(
			{ offer: offer("sky", { expires: new Date(NOW + 4_000).toISOString() }) },
			{ state: "presented", since: ago(2) },
		),
		pool,
	},
	"popup-lilac": {
		desk: desk({ offer: offer("lilac") }, { state: "presented", since: ago(2) }),
		pool,
	},
	"popup-auto": {
		desk: desk(
			{ offer: offer("raspberry", { auto: true }) },
			{ state: "presented", auto_answer: true },
		),
		pool,
	},
	"popup-asked": {
		desk: desk({ offer: offer("raspberry") }, { state: "presented" }),
		pool,
		set: (app) => void app.accept(),
	},
	"popup-left": {
		desk: desk(),
		pool,
		set: (app) => {
			app.desk.ending = { kind: "left", offer: offer("raspberry"), text: "", until: NOW + 2_000 };
		},
	},
	"popup-refused": {
		desk: desk(),
		pool,
		set: (app) => app.desk.refuse(offer("ocean"), "A colleague was faster."),
	},
	"popup-buttons": {
		desk: desk({ offer: offer("raspberry", { buttons }), pops }, { state: "presented" }),
		pool,
	},
	"popup-buttons-ocean": {
		desk: desk({ offer: offer("ocean", { buttons }), pops }, { state: "presented" }),
		pool,
	},
	"popup-deaf": {
		desk: desk({ offer: offer("raspberry") }, { state: "presented", station_up: false }),
		pool,
	},
};
