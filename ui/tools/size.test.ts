import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

// What a page loads before it is drawn, by the build's own manifest.
interface Chunk {
	file: string;
	imports?: string[];
	css?: string[];
}
const built = existsSync("dist/.vite/manifest.json");
const manifest = built
	? (JSON.parse(readFileSync("dist/.vite/manifest.json", "utf8")) as Record<string, Chunk>)
	: {};

function initial(page: string) {
	const js = new Set<string>();
	const css = new Set<string>();
	const walk = (key: string) => {
		const chunk = manifest[key];
		if (!chunk || js.has(chunk.file)) return;
		js.add(chunk.file);
		for (const file of chunk.css ?? []) css.add(file);
		for (const next of chunk.imports ?? []) walk(next);
	};
	walk(page);
	const weigh = (files: Set<string>) =>
		[...files].reduce((sum, file) => sum + gzipSync(readFileSync(`dist/${file}`)).length, 0) / 1000;
	return { js: weigh(js), css: weigh(css) };
}

test.skipIf(!built).each([
	["banner.html", 60, 10],
	["live.html", 60, 10],
	["login.html", 45, 10],
	["setup.html", 45, 10],
	["maker.html", 60, 10],
])("%s loads at most %i kB of script and %i kB of style", (page, js, css) => {
	const size = initial(page);
	console.log(`${page}: ${size.js.toFixed(1)} kB script, ${size.css.toFixed(1)} kB style, gzip`);
	expect(size.js).toBeGreaterThan(1);
	expect(size.js).toBeLessThanOrEqual(js);
	expect(size.css).toBeLessThanOrEqual(css);
});

test.skipIf(!built)("the pages ask nobody else for anything", () => {
	for (const page of ["banner.html", "login.html", "setup.html"]) {
		const text = readFileSync(`dist/${page}`, "utf8");
		expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
		expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/);
	}
});
