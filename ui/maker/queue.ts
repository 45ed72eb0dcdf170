// What the form of a queue asks for. It is long, so it stands by itself, in parts.
import {
	buttons,
	choice,
	classes,
	type Field,
	flag,
	map,
	number,
	one,
	ordered,
	part,
	rows,
	section,
	some,
	text,
	texts,
} from "./field";

const day = 24 * 3600;
const several = (of: { strategy?: unknown }) =>
	of.strategy === "ring_all" || of.strategy === "ring_progressively";
const said = (of: { position?: unknown; expected_wait?: unknown }) =>
	[of.position, of.expected_wait].some((how) => how && how !== "off");

const who: readonly Field[] = [
	section("who"),
	choice("strategy", [
		"",
		"least_occupied",
		"fewest_calls",
		"round_robin",
		"fixed_order",
		"random",
		"weighted",
		"ring_all",
		"ring_progressively",
	]),
	ordered("order", "users", { when: (of) => of.strategy === "fixed_order", help: true }),
	map("weights", [number("", 1, 100, undefined, { word: "weight" })], 1, {
		of: "users",
		when: (of) => of.strategy === "weighted",
	}),
	number("ring_at_once", 1, 20, 5, { when: several }),
	number("ring_join_seconds", 1, 60, 5, { when: (of) => of.strategy === "ring_progressively" }),
	{ key: "requires", kind: "requirement", help: true },
	rows(
		"relax",
		[number("after_seconds", 1, day), { key: "requires", kind: "requirement" }],
		{ after_seconds: 30 },
		{ help: true, when: (of) => of.requires !== undefined && of.requires !== null },
	),
	choice("match", ["", "best"], {
		when: (of) => of.requires !== undefined && of.requires !== null,
	}),
	choice("sticky", ["", "members", "anyone"]),
	number("sticky_wait_seconds", 1, 600, 30, {
		when: (of) => of.sticky === "members" || of.sticky === "anyone",
	}),
	number("priority_seconds", -day, day, 0, { help: true }),
	number("class", 0, 9, 0, { help: true }),
];

const offers: readonly Field[] = [
	section("offers"),
	number("ring_seconds", 5, 120, 20),
	one("whisper", "sounds"),
	flag("no_auto_answer"),
	number("no_answer_delay_seconds", 1, day, 10, { none: true }),
	number("reject_delay_seconds", 1, day, 10, { none: true }),
	number("busy_delay_seconds", 1, day, 10, { none: true }),
	number("refused_again_seconds", 1, day, 60, { none: true }),
	number("max_consecutive_misses", 1, 100, 2, { none: true }),
	number("max_consecutive_declines", 1, 100),
	flag("small_banner"),
	flag("no_pool_take"),
];

const waiting: readonly Field[] = [
	section("waiting"),
	one("hours", "hours"),
	number("max_wait_seconds", 1, day),
	number("max_size", 1, 100_000),
	number("max_expected_seconds", 30, day),
	flag("leave_when_empty"),
	one("music", "sounds"),
	ordered("playlist", "sounds"),
	rows(
		"messages",
		[
			one("sound", "sounds", { needed: true }),
			number("first_after_seconds", 1, day, undefined, { needed: true }),
			number("every_seconds", 15, day),
		],
		{ first_after_seconds: 30 },
	),
	choice("position", ["", "on", "limit", "more"]),
	number("position_limit", 1, 60, 10, {
		when: (of) => of.position === "limit" || of.position === "more",
	}),
	flag("position_only_up", { when: (of) => Boolean(of.position) && of.position !== "off" }),
	choice("expected_wait", ["", "on", "once"]),
	number("announce_after_seconds", 1, day, 15, { when: said }),
	number("announce_every_seconds", 15, day, 45, { when: said }),
	rows(
		"keys",
		[
			choice("key", ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"], {
				word: "phone_key",
			}),
			choice("do", ["callback", "leave"], { word: "key_does" }),
		],
		{ key: "1", do: "callback" },
	),
	part("callback", [
		number("attempts", 1, 10, 3),
		number("every_seconds", 10, day, 600, { word: "between_attempts" }),
		number("keep_minutes", 1, 7 * 24 * 60, 1440),
		number("ring_seconds", 5, 120, 40),
		some("dials", classes, { word: "callback_dials" }),
		texts("prefixes", { help: true }),
	]),
	number("keep_rank_seconds", 1, 3600),
	number("late_seconds", 1, day, 60),
];

const after: readonly Field[] = [
	section("call"),
	choice("recording", ["", "manual", "automatic"]),
	number("keep_recordings_days", 1, 36_500),
	one("hold_sound", "sounds"),
	number("hold_reminder_seconds", 1, 3600, 60, { none: true }),
	one("caller_id", "numbers"),
	flag("stay_connected"),
	buttons,
	section("after"),
	choice("post_mode", ["", "timed", "none", "until_closed"]),
	number("post_seconds", 1, 3600, undefined, { when: (of) => of.post_mode !== "none" }),
	number("post_step_seconds", 1, 3600, 30),
	number("post_steps", 1, 100, 3, { none: true }),
	text("form"),
	flag("form_required"),
	section("figures"),
	number("service_level_seconds", 1, 3600, 20),
	number("service_level_percent", 1, 100, 80),
	number("short_abandon_seconds", 1, 300, 5),
];

export const queueFields: readonly Field[] = [
	text("name", { needed: true }),
	...who,
	...offers,
	...waiting,
	...after,
];
