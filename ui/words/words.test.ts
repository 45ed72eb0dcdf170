import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "./en.json";
import fr from "./fr.json";
import { preferred, Words } from "./words.svelte";

const plural = /(?<!lost_to)_(one|many|other)$/;
const base = (key: string) => key.replace(plural, "");
const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort();

test("both languages say the same things", () => {
	const keys = (catalogue: object) => [...new Set(Object.keys(catalogue).map(base))].sort();
	expect(keys(fr)).toEqual(keys(en));
});

test("each language has the plurals it needs", () => {
	for (const [language, catalogue] of Object.entries({ en, fr })) {
		const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
		const plurals = new Set(
			Object.keys(catalogue)
				.filter((key) => plural.test(key))
				.map(base),
		);
		for (const key of plurals)
			for (const form of needed) expect(Object.keys(catalogue)).toContain(`${key}_${form}`);
	}
});

test("a sentence has the same values in both languages", () => {
	for (const [key, text] of Object.entries(en)) {
		const other = (fr as Record<string, string>)[key];
		if (other !== undefined && !key.endsWith("_one"))
			expect(holes(other), key).toEqual(holes(text));
	}
});

test("catalogues are sorted, so that two people's changes meet", () => {
	for (const catalogue of [en, fr])
		expect(Object.keys(catalogue)).toEqual(Object.keys(catalogue).sort());
});

const sources = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return sources(path);
		return /\.(svelte|ts)$/.test(entry.name) && !entry.name.includes(".test.") ? [path] : [];
	});
const code = ["banner", "login", "kit"]
	.flatMap(sources)
	.map((path) => readFileSync(path, "utf8"))
	.join("\n");

test("every sentence that is asked for is there", () => {
	const keys = Object.keys(en).map(base);
	const asked = [...code.matchAll(/say\(\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
	expect(asked.filter((key) => !keys.includes(key))).toEqual([]);
});

test("no sentence is left over", () => {
	const used = (key: string) => {
		if (code.includes(`"${key}"`)) return true;
		const [family = ""] = key.split(".");
		const inner = key.slice(0, key.lastIndexOf(".") + 1);
		const parts = key.split("_");
		const stem = `${parts.slice(0, -1).join("_")}_`;
		return [`\`${inner}\${`, `\`${stem}\${`, `worded("${family}"`, `\`${family}.\${`].some((form) =>
			code.includes(form),
		);
	};
	const spoken = [...new Set(Object.keys(en).map(base))];
	expect(spoken.filter((key) => !used(key))).toEqual([]);
});

test("components say nothing by themselves", () => {
	const found: string[] = [];
	for (const path of ["banner", "login"].flatMap(sources)) {
		if (!path.endsWith(".svelte")) continue;
		const markup = readFileSync(path, "utf8")
			.replace(/<(script|style)[\s\S]*?<\/\1>|<!--[\s\S]*?-->|&\w+;/g, "")
			.replace(/{(?:[^{}]|{(?:[^{}]|{[^{}]*})*})*}/g, "");
		for (const text of markup.matchAll(/>([^<]+)</g)) {
			const words = text[1]?.trim() ?? "";
			if (/\p{L}{2,}/u.test(words) && words !== "Belfry") found.push(`${path}: ${words}`);
		}
	}
	expect(found).toEqual([]);
});

test("values and counts find their place", async () => {
	const words = new Words();
	expect(words.say("pool.waiting", { count: 3 })).toBe("3 waiting");
	expect(words.say("popup.taken_by", { name: "Julie" })).toBe("Julie took it");
	expect(words.say("no.such.key")).toBe("no.such.key");
	await words.speak("fr");
	expect(words.say("decision.others", { count: 0 })).toBe("0 autre");
	expect(words.say("decision.others", { count: 2 })).toBe("2 autres");
});

test("the browser's first language that we speak is taken, else English", () => {
	expect(preferred(["de-DE", "fr-CA", "en"])).toBe("fr");
	expect(preferred(["de", "it"])).toBe("en");
	expect(preferred([])).toBe("en");
});
