// Mini are the moments of the small Banner.
import { after, ago, call, claire, desk, hotel, mine, NOW, offer, pool, transfer } from "./made";
import { offShift, type Scene, talking } from "./scene";

const ringing = { state: "presented", since: ago(2) } as const;
const page = "mini" as const;

export const miniScenes: Record<string, Scene> = {
	mini: { page, desk: desk(), pool },
	"mini-popup": {
		page,
		desk: desk({ offer: offer("raspberry", { transfer: transfer() }) }, ringing),
		pool,
	},
	"mini-popup-sky": { page, desk: desk({ offer: offer("sky") }, ringing), pool },
	"mini-popup-elsewhere": {
		page,
		desk: desk({ offer: offer("lilac", { small: false, queue_name: "Support" }) }, ringing),
		pool,
	},
	"mini-left": {
		page,
		desk: desk(),
		pool,
		set: (app) => {
			app.desk.ending = { kind: "left", offer: offer("ocean"), text: "", until: NOW + 2_000 };
		},
	},
	"mini-call": { page, desk: desk({ calls: [call()] }, talking), pool: mine },
	"mini-two": {
		page,
		desk: desk(
			{
				calls: [
					call({ id: "cal_7", ...hotel, state: "held", held_since: ago(72) }),
					call({ muted: true }),
				],
			},
			talking,
		),
		pool: mine,
	},
	"mini-keypad": {
		page,
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => {
			app.keypad = true;
		},
	},
	"mini-post": {
		page,
		desk: desk(
			{ posts: [after("int_9", claire)], post: after("int_9", claire) },
			{ state: "post_interaction", since: ago(21) },
		),
		pool,
	},
	"mini-post-must": {
		page,
		desk: desk(
			{ posts: [{ ...after("int_9", claire), required: true }] },
			{ state: "post_interaction", since: ago(21) },
		),
		pool,
	},
	"mini-moved": {
		page,
		desk: desk(),
		set: (app) => {
			app.audio.lost = "moved";
		},
	},
	"mini-off": { page, desk: desk({}, offShift) },
};
