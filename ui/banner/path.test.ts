import { afterAll, beforeAll, expect, test } from "vitest";
import type { Visit } from "../wire/types";
import { words } from "../words/words.svelte";
import { happened, kindOf } from "./path";

const visit = (kind: string, what: string, output = "", name = ""): Visit => ({
	node: "n",
	kind,
	name,
	what,
	output,
	at: "2026-11-22T10:00:00.000Z",
});

beforeAll(() => words.speak("fr"));
afterAll(() => words.speak("en"));

test.each([
	[visit("menu", "key 1", "1"), "touche 1"],
	[
		visit("menu", "no key, key 7, no_match", "default"),
		"aucune touche, touche 7, mauvaise touche, par défaut",
	],
	[visit("collect", "no digits, 8 digits", "got"), "rien de saisi, 8 chiffres, saisi"],
	[visit("collect", "1 digits, not valid", "invalid"), "1 chiffre, non valable, mauvaise touche"],
	[visit("hours", "open", "open"), "ouvert"],
	[
		visit("hours", "exception, Noël, avec réserve", "exception"),
		"jour particulier, Noël, avec réserve",
	],
	[visit("play", "cut short", "played"), "interrompu, diffusé"],
	[visit("play", "sound snd_x is missing", "played"), "le son snd_x manque, diffusé"],
	[visit("queue", "queue Sales", "max_wait"), "file Sales, attente trop longue"],
	[visit("queue", "queue Sales", "answered", "Sales"), "répondu"],
	[visit("queue", "queue Sales", "no_agent_logged_in"), "file Sales, aucun agent en service"],
	[visit("queue", "queue Sales", "full"), "file Sales, file pleine"],
	[visit("mailbox", "voice mailbox front desk", "recorded"), "boîte vocale front desk, enregistré"],
	[
		visit("user", "user Ann Martin", "caller_left"),
		"utilisateur Ann Martin, l’appelant a raccroché",
	],
	[visit("group", "there is no group grp_x", "error"), "introuvable, erreur"],
	[visit("condition", "true", "true"), "oui"],
	[visit("set", "segment = Gold", "next"), "segment = Gold"],
	[visit("goto", "Night, and later", "next"), "Night, and later"],
	[visit("end", "the output closed leads nowhere"), "la sortie « fermé » ne mène nulle part"],
])("%j", (one, said) => {
	expect(happened(one)).toBe(said);
});

test("every kind of step has a word, and an unknown one shows itself", () => {
	const kinds = [
		"start",
		"play",
		"menu",
		"collect",
		"set",
		"condition",
		"hours",
		"queue",
		"group",
		"mailbox",
		"user",
		"hangup",
		"goto",
		"end",
	];
	for (const kind of kinds) expect(words.has(`node.${kind}`), kind).toBe(true);
	expect(kindOf(visit("queue", ""))).toBe("file");
	expect(kindOf(visit("fax", ""))).toBe("fax");
});
