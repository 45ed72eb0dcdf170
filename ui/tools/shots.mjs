// Shots draws every scene of the book in a real browser, light and dark, English
// and French, narrow and wide, writes the pictures into shots/, and fails on an
// axe violation, a clipped control, a sideways scroll or an error in the console.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";

const only = process.argv[2] === "all" ? undefined : process.argv[2]?.split(",");
const ways = process.argv[3]?.split(","); // such as 320-dark-fr
const root = new URL("..", import.meta.url).pathname;
const built = join(root, "shots/book");
const types = {
	".html": "text/html",
	".js": "text/javascript",
	".css": "text/css",
	".woff2": "font/woff2",
	".svg": "image/svg+xml",
};
const policy =
	"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; media-src 'self' blob:; require-trusted-types-for 'script'; base-uri 'none'; form-action 'self'";

const build = spawnSync("npx", ["vite", "build", "--logLevel", "warn"], {
	cwd: root,
	stdio: "inherit",
	env: { ...process.env, BELFRY_BOOK: "1" },
});
if (build.status !== 0) process.exit(1);

const server = createServer((request, response) => {
	const { pathname } = new URL(request.url, "http://book");
	try {
		const body = readFileSync(join(built, pathname));
		response.writeHead(200, {
			"content-type": types[extname(pathname)] ?? "application/octet-stream",
			"content-security-policy": policy,
		});
		response.end(body);
	} catch {
		response.writeHead(404).end();
	}
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const address = `http://127.0.0.1:${server.address().port}/kit/book.html`;

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
	args: ["--no-sandbox", "--hide-scrollbars"],
});
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
mkdirSync(join(root, "shots"), { recursive: true });

const faults = [];
let count = 0;
for (const width of [1280, 320])
	for (const theme of ["light", "dark"])
		for (const lang of ["en", "fr"]) {
			if (ways && !ways.includes(`${width}-${theme}-${lang}`)) continue;
			// Axe must get past the page's own policy; a separate look keeps the policy on.
			const size = { width, height: width === 320 ? 640 : 800 };
			const context = await browser.newContext({
				viewport: size,
				colorScheme: theme,
				reducedMotion: "reduce",
				bypassCSP: true,
			});
			const page = await context.newPage();
			await page.goto(`${address}?scene=parts`);
			const names =
				only ??
				(await page.$$eval("nav li", (items) => items.map((item) => item.textContent.trim())));
			for (const name of names) {
				const where = `${name}-${width}-${theme}-${lang}`;
				const errors = [];
				const note = (message) => message.type() === "error" && errors.push(message.text());
				page.on("console", note);
				// The small Banner has a window of its own.
				if (name.startsWith("mini") && width !== 320)
					await page.setViewportSize({ width: 380, height: 264 });
				else await page.setViewportSize(size);
				await page.goto(`${address}?scene=${name}&lang=${lang}`);
				await page.waitForSelector("html[data-ready]");
				await page.evaluate(() => document.fonts.ready);
				// Lists come a moment later.
				await page
					.waitForFunction(() => !/Loading…|Chargement/.test(document.body.textContent), null, {
						timeout: 1_000,
					})
					.catch(() => {});
				await page.screenshot({
					path: join(root, `shots/${where}.png`),
					fullPage:
						width === 320 && !/popup|story|player|recording|keys|expired|menu|devices/.test(name),
				});
				await page.evaluate(axe);
				const found = await page.evaluate(async () => {
					const run = await window.axe.run(document, {
						runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
					});
					const bad = run.violations.map(
						(one) => `axe ${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`,
					);
					// biome-ignore lint/performance/useDomNodeTextContent: the lines as they are seen
					for (const line of document.body.innerText.split("\n"))
						if (/^[a-z]+\.[a-z_]+$/.test(line.trim())) bad.push(`no words for ${line}`);
					if (document.documentElement.scrollWidth > innerWidth)
						bad.push(`scrolls sideways: ${document.documentElement.scrollWidth}`);
					for (const one of document.querySelectorAll("button, a, [role=tab]")) {
						const box = one.getBoundingClientRect();
						if (box.width === 0) continue;
						const label = one.textContent.trim() || one.getAttribute("aria-label");
						if (one.scrollWidth > one.clientWidth + 1) bad.push(`clipped: ${label}`);
						for (const child of one.querySelectorAll("*")) {
							const inner = child.getBoundingClientRect();
							if (
								inner.width > 0 &&
								!child.classList.contains("unseen") &&
								!child.classList.contains("count") &&
								(inner.left < box.left - 1 || inner.right > box.right + 1)
							)
								bad.push(`overflows: ${label}`);
						}
						if (box.height < 24 && !one.closest("p")) bad.push(`too small: ${label} ${box.height}`);
					}
					return bad;
				});
				page.off("console", note);
				for (const fault of [...found, ...errors.map((text) => `console: ${text}`)])
					faults.push(`${where}: ${fault}`);
				count++;
			}
			await context.close();
		}

// Under the product's own policy, nothing may be refused.
const strict = await browser.newPage();
strict.on(
	"console",
	(message) => message.type() === "error" && faults.push(`policy: ${message.text()}`),
);
for (const name of ["call", "popup-raspberry", "history", "voicemail", "start"]) {
	await strict.goto(`${address}?scene=${name}`);
	await strict.waitForSelector("html[data-ready]");
}

await browser.close();
server.close();
for (const fault of faults) console.error(fault);
console.log(`${count} pictures, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
