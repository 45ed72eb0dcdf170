// Calls are moments of one call and of the time after it.
import { popsOf } from "../../banner/pops.svelte";
import type { Call } from "../../wire/types";
import {
	after,
	ago,
	buttons,
	call,
	claire,
	desk,
	hotel,
	masked,
	mine,
	NOW,
	pool,
	pops,
} from "./made";
import { lose, type Scene, talking } from "./scene";

export const callScenes: Record<string, Scene> = {
	call: { desk: desk({ calls: [call()] }, talking), pool: mine },
	"call-then-break": {
		desk: desk({ calls: [call()] }, { ...talking, next_activity: "act_break" }),
		pool: mine,
	},
	why: {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: () => {
			new MutationObserver((_, watch) => {
				const why = document.querySelector<HTMLDetailsElement>(".call details");
				if (!why) return;
				watch.disconnect();
				why.open = true;
			}).observe(document.body, { childList: true, subtree: true });
		},
	},
	"call-buttons": {
		desk: desk({ calls: [call({ buttons })], pops }, talking),
		pool: mine,
		set: (app) => popsOf(app).blocked.add("pop_crm"),
	},
	"post-buttons": {
		desk: desk(
			{
				post: { ...after("int_9", claire), buttons },
				posts: [{ ...after("int_9", claire), buttons }],
				pops,
			},
			{ state: "post_interaction", since: ago(21) },
		),
		pool,
	},
	muted: { desk: desk({ calls: [call({ muted: true })] }, talking), pool: mine },
	held: {
		desk: desk({ calls: [call({ state: "held", held_since: ago(72) })] }, talking),
		pool: mine,
	},
	hushed: { desk: desk({ calls: [call({ hushed: true })] }, talking), pool: mine },
	"far-held": { desk: desk({ calls: [call({ far_held: true })] }, talking), pool: mine },
	connecting: {
		desk: desk({ calls: [call({ state: "connecting", began: null, quality: null })] }, talking),
		pool: mine,
	},
	keypad: {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => {
			app.keypad = true;
		},
	},
	asked: {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => {
			app.mute();
			app.hold();
		},
	},
	"poor-line": {
		desk: desk(
			{ calls: [call({ quality: { ...call().quality, mos_out: 2.9 } as Call["quality"] })] },
			talking,
		),
		pool: mine,
	},
	"direct-call": {
		desk: desk(
			{
				calls: [
					call({
						...masked,
						colour: "ocean",
						mode: "direct",
						queue: null,
						queue_name: null,
						contact: null,
						path: [],
						vars: [],
					}),
				],
			},
			talking,
		),
	},
	reconnecting: {
		desk: desk({ calls: [call({ state: "reconnecting" })] }, { ...talking, station_up: false }),
		pool: mine,
	},
	post: {
		desk: desk(
			{
				post: {
					call: "cal_1",
					interaction: "int_9",
					...claire,
					queue: "que_sales",
					queue_name: "Sales",
					began: ago(21),
					ends: new Date(NOW + 39_000).toISOString(),
					extended: 1,
					may_extend: 2,
					step: 30,
					ended_by: "caller",
					talk: 251,
					until_closed: false,
					required: false,
					qualified: false,
					waits: false,
					buttons: [],
				},
			},
			{ state: "post_interaction", since: ago(21), next_activity: "act_break" },
		),
		pool,
	},
	"post-last": {
		desk: desk(
			{
				post: {
					call: "cal_1",
					interaction: "int_9",
					...hotel,
					queue: "que_sales",
					queue_name: "Sales",
					began: ago(112),
					ends: new Date(NOW + 8_000).toISOString(),
					extended: 3,
					may_extend: 0,
					step: 30,
					ended_by: "agent",
					talk: 3_725,
					until_closed: false,
					required: false,
					qualified: false,
					waits: false,
					buttons: [],
				},
			},
			{ state: "post_interaction", since: ago(112) },
		),
		pool,
	},
	"post-closed": {
		desk: desk(
			{
				post: { ...after("int_9", claire), until_closed: true, required: true },
			},
			{ state: "post_interaction", since: ago(21) },
		),
		pool,
	},
	"post-two": {
		desk: desk(
			{
				posts: [after("int_9", claire), { ...after("int_10", hotel), required: true }],
				post: after("int_9", claire),
			},
			{ state: "post_interaction", since: ago(21) },
		),
		pool,
	},
	whisper: {
		desk: desk({ calls: [call({ state: "connecting", whisper: true, began: ago(1) })] }, talking),
		pool: mine,
	},
	"lost-call": { desk: desk({ calls: [call()] }, talking), pool: mine, set: (app) => lose(app, 3) },
	gone: { desk: desk({ calls: [call()] }, talking), pool: mine, set: (app) => lose(app, 40) },
};
