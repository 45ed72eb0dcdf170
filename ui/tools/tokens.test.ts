import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

// Only tokens.css may name a colour: everything else says what the colour is for.
const raw = /#[0-9a-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|lab|lch)\(/i;
const style = (file: string, text: string) =>
	file.endsWith(".css") ? text : (/<style[^>]*>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? "");

function files(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return files(path);
		return /\.(svelte|css)$/.test(entry.name) ? [path] : [];
	});
}

test("no raw colour outside tokens.css", () => {
	const found = ["kit", "banner", "login"].flatMap(files).flatMap((file) => {
		if (file.endsWith("tokens.css")) return [];
		return style(file, readFileSync(file, "utf8"))
			.split("\n")
			.filter((line) => raw.test(line))
			.map((line) => `${file}: ${line.trim()}`);
	});
	expect(found).toEqual([]);
});

test("no style or script that the page's policy would refuse", () => {
	const found = ["kit", "banner", "login"].flatMap(files).filter((file) => {
		const markup = readFileSync(file, "utf8").replace(/<(script|style)[\s\S]*?<\/\1>/g, "");
		return /\sstyle="|\{@html|\son[a-z]+="/.test(markup);
	});
	expect(found).toEqual([]);
});

// The families' contrast, and that no two look alike to the colour-blind.
const css = readFileSync("kit/tokens.css", "utf8");
const token = (name: string) => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(css)?.[1] ?? "";
const linear = (hex: string) =>
	[1, 3, 5].map((at) => {
		const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
		return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	}) as [number, number, number];
const luminance = (hex: string) => {
	const [r, g, b] = linear(hex);
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const families = ["raspberry", "ocean", "sky", "lilac"];

test.each(families)("%s carries its ink at 6.5 to 1", (name) => {
	const [a, b] = [luminance(token(name)), luminance(token(`${name}-ink`))].sort(
		(x, y) => y - x,
	) as [number, number];
	expect((a + 0.05) / (b + 0.05)).toBeGreaterThanOrEqual(6.5);
});

// Viénot, Brettel and Mollon 1999, and tritan by Brettel's approximation, in linear RGB.
const sights = {
	all: [
		[1, 0, 0],
		[0, 1, 0],
		[0, 0, 1],
	],
	protan: [
		[0.11238, 0.88762, 0],
		[0.11238, 0.88762, 0],
		[0.00401, -0.00401, 1],
	],
	deutan: [
		[0.29275, 0.70725, 0],
		[0.29275, 0.70725, 0],
		[-0.02234, 0.02234, 1],
	],
	tritan: [
		[1.01277, 0.13548, -0.14826],
		[-0.01243, 0.86812, 0.14431],
		[0.07589, 0.805, 0.11911],
	],
};
function lab(rgb: number[]): number[] {
	const [r = 0, g = 0, b = 0] = rgb;
	const xyz = [
		(0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
		0.2126 * r + 0.7152 * g + 0.0722 * b,
		(0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
	].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)) as [number, number, number];
	return [116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])];
}
test.each(Object.entries(sights))("the four families differ to %s sight", (_, matrix) => {
	const seen = families.map((name) => {
		const rgb = linear(token(name));
		return lab(
			matrix.map((row) =>
				Math.max(
					0,
					row.reduce((sum, weight, at) => sum + weight * (rgb[at] ?? 0), 0),
				),
			),
		);
	});
	for (let i = 0; i < seen.length; i++)
		for (let j = i + 1; j < seen.length; j++) {
			const apart = Math.hypot(...(seen[i] ?? []).map((value, at) => value - (seen[j]?.[at] ?? 0)));
			expect(apart, `${families[i]} and ${families[j]}`).toBeGreaterThanOrEqual(20);
		}
});
