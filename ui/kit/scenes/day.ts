// Day are moments of an agent’s day outside of calls: the start of the shift, waiting, what is lost, and the sheets.
import type { App } from "../../banner/app.svelte";
import type { PoolCall } from "../../wire/types";
import { ago, call, claire, desk, mine, pool, waiting } from "./made";
import { builtIn, jabra, lose, offShift, plugIn, type Scene, talking } from "./scene";

export const dayScenes: Record<string, Scene> = {
	parts: { page: "parts" },
	login: { page: "login" },
	setup: { page: "setup" },
	"setup-lost": { page: "setup-lost" },
	idle: { desk: desk(), pool },
	"pool-supervised": {
		desk: desk(),
		pool: {
			at: ago(0),
			waiting: [
				...waiting
					.slice(0, 2)
					.map((row) => ({ ...row, may_assign: true, why: "all_busy" as const })),
				{
					...waiting[1],
					call: "cal_8",
					may_take: false,
					queue: "que_x",
					queue_name: "Billing",
				} as PoolCall,
				...waiting.slice(2),
			],
			total: 4,
		},
	},
	empty: {
		desk: desk({
			missed: [],
			queues: desk().queues.map((queue) => ({ ...queue, waiting: 0, longest: null })),
		}),
	},
	away: { desk: desk({}, { state: "unavailable", activity: "act_break" }), pool },
	owed: {
		desk: desk(
			{
				to_qualify: [
					{
						interaction: "int_7",
						...claire,
						queue: "que_sales",
						queue_name: "Sales",
						at: ago(600),
					},
				],
			},
			{
				state: "unavailable",
				activity: "act_break",
				activity_limit: ago(60),
				status: { kind: "back_soon", text: "back at 14:00" },
			},
		),
		pool,
	},
	mine: {
		desk: desk(
			{},
			{ next_profile: "pro_sales", status: { kind: "back_soon", text: "back at 14:00" } },
		),
		pool,
		set: (app) => {
			app.mine = true;
			app.me = {
				profiles: [
					{ id: "pro_both", name: "Sales and support" },
					{ id: "pro_sales", name: "Sales" },
				],
				profile: { id: "pro_both", name: "Sales and support" },
				queues: [],
				rights: ["take_calls"],
			} as unknown as NonNullable<App["me"]>;
		},
	},
	lost: { desk: desk(), pool, set: (app) => lose(app, 3) },
	"mic-lost": {
		desk: desk({}, { state: "device_lost" }),
		pool,
		set: (app) => {
			app.audio.trouble = "ended";
		},
	},
	"device-lost": {
		desk: desk({}, { state: "device_lost", station_up: false, reason: "no_station" }),
		pool,
	},
	"not-responding": {
		desk: desk({}, { state: "not_responding", misses: 2, reason: "misses" }),
		pool,
	},
	moved: {
		desk: desk(),
		pool,
		set: (app) => {
			app.audio.lost = "moved";
			app.audio.blocked = true;
		},
	},
	elsewhere: {
		desk: desk(),
		pool,
		set: (app) => {
			app.audio.elsewhere = true;
			app.update = true;
		},
	},
	menu: {
		desk: desk(),
		pool,
		set: (app) => {
			app.activityMenu = true;
		},
	},
	keys: {
		desk: desk(),
		pool,
		set: (app) => {
			app.help = true;
		},
	},
	devices: {
		desk: desk(),
		pool,
		set: (app) => plugIn(app, [builtIn, jabra]),
	},
	"devices-missing": {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => plugIn(app, [builtIn]),
	},
	"devices-nameless": {
		desk: desk({}, offShift),
		set: (app) => {
			plugIn(app, []);
			app.audio.live = false;
			app.audio.trouble = "denied";
		},
	},
	toasts: {
		desk: desk(),
		pool,
		set: (app) => {
			app.toasts.add("Bob Diallo took it");
			app.toasts.add("Missed call: Claire Fontaine", "bad");
			app.toasts.add("Jabra Evolve2 65 was unplugged: the system's device is used.", "bad");
		},
	},
	expired: {
		desk: desk({ calls: [call()] }, talking),
		pool: mine,
		set: (app) => {
			app.link = "signed_out";
		},
	},
	start: {
		desk: desk({}, offShift),
		set: (app, shift) => {
			app.audio.live = true;
			app.audio.level = 0.45;
			plugIn(app, [builtIn, jabra]);
			app.choosing = false;
			shift.heard = true;
			shift.notifications = "default";
		},
	},
	"start-brief": {
		desk: desk({}, offShift),
		set: (app) => {
			app.audio.live = true;
			app.preferences.checked = true;
		},
	},
	"start-denied": {
		desk: desk({}, offShift),
		set: (app, shift) => {
			app.audio.trouble = "denied";
			shift.notifications = "denied";
		},
	},
	"start-looks-on": {
		desk: desk({}, offShift),
		set: (app) => {
			app.takesCalls = false;
		},
	},
};
