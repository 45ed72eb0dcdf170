import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { preferred, Words } from "./words.svelte";

// A part of the catalogue is a file for each language.
type Catalogue = Record<string, string>;
const read = (name: string): Catalogue => JSON.parse(readFileSync(join("words", name), "utf8"));
const parts = readdirSync("words").filter((name) => name.endsWith(".json"));
const spoken = (language: string) =>
	parts
		.filter((name) => name === `${language}.json` || name.endsWith(`.${language}.json`))
		.map(read);
const whole = (language: string): Catalogue => Object.assign({}, ...spoken(language));
const en = whole("en");
const fr = whole("fr");

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
		const other = fr[key];
		if (other !== undefined && !key.endsWith("_one"))
			expect(holes(other), key).toEqual(holes(text));
	}
});

test("catalogues are sorted, so that two people's changes meet", () => {
	for (const name of parts)
		expect(Object.keys(read(name)), name).toEqual(Object.keys(read(name)).sort());
});

test("a sentence stands in one part, the same in both languages", () => {
	const where = (language: string) =>
		parts
			.filter((name) => name.endsWith(`${language}.json`))
			.flatMap((name) =>
				[...new Set(Object.keys(read(name)).map(base))].map(
					(key) => `${name.replace(`${language}.json`, "")} ${key}`,
				),
			)
			.sort();
	expect(where("fr")).toEqual(where("en"));
	const keys = spoken("en").flatMap((part) => Object.keys(part));
	expect(keys.length).toBe(new Set(keys).size);
});

const sources = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return sources(path);
		return /\.(svelte|ts)$/.test(entry.name) && !entry.name.includes(".test.") ? [path] : [];
	});
const code = ["banner", "kit", "live", "login", "maker"]
	.flatMap(sources)
	.map((path) => readFileSync(path, "utf8"))
	.join("\n");

test("every sentence that is asked for is there", () => {
	const keys = Object.keys(en).map(base);
	const asked = [...code.matchAll(/say\(\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
	expect(asked.filter((key) => !keys.includes(key))).toEqual([]);
});

// reach is what comes with a file: what it imports, and not what it loads later.
function reach(path: string, seen = new Set<string>()): Set<string> {
	if (seen.has(path)) return seen;
	seen.add(path);
	for (const [, name = ""] of readFileSync(path, "utf8").matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
		const next = join(path, "..", name);
		const found = [next, `${next}.ts`].find(
			(one) => /\.(ts|svelte|json)$/.test(one) && existsSync(one),
		);
		if (found) reach(found, seen);
	}
	return seen;
}

test("sentences come with what says them", () => {
	const later = ["banner", "live", "maker"]
		.flatMap(sources)
		.flatMap((path) =>
			[...readFileSync(path, "utf8").matchAll(/import\("(\.[^"]*\/[A-Z]\w+\.svelte)"\)/g)].map(
				([, name = ""]) => join(path, "..", name),
			),
		);
	expect(later.length).toBeGreaterThan(5);
	const missing: string[] = [];
	for (const root of [
		"banner/main.svelte.ts",
		"login/main.ts",
		"login/setup.ts",
		"maker/main.ts",
		...later,
	]) {
		const files = [...reach(root)];
		const keys = new Set(
			files
				.filter((path) => path.endsWith("en.json"))
				.flatMap((path) => Object.keys(JSON.parse(readFileSync(path, "utf8"))).map(base)),
		);
		expect(keys.size, root).toBeGreaterThan(100);
		for (const path of files.filter((one) => !one.endsWith(".json")))
			for (const [, key = ""] of readFileSync(path, "utf8").matchAll(/"([a-z]+\.[a-z_.0-9]+)"/g))
				if (key in en || Object.keys(en).some((one) => base(one) === key))
					if (!keys.has(key)) missing.push(`${root}: ${path} says ${key}`);
	}
	expect(missing).toEqual([]);
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
	const keys = [...new Set(Object.keys(en).map(base))];
	expect(keys.filter((key) => !used(key))).toEqual([]);
});

test("components say nothing by themselves", () => {
	const found: string[] = [];
	for (const path of ["banner", "login", "maker"].flatMap(sources)) {
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
	words.add({ en, fr });
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
