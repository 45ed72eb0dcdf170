import { expect, test, vi } from "vitest";
import { pops as drawn } from "../kit/scenes/made";
import type { CallButton, Desk, Pop } from "../wire/types";
import type { App } from "./app.svelte";
import { type Browser, Pops } from "./pops.svelte";

const button = (change: Partial<CallButton> = {}): CallButton => ({
	id: "crm",
	label: "Customer",
	kind: "url",
	where: "window",
	address: "https://crm.example.com/",
	...change,
});
const pop = (id: string, one = button()): Pop => ({
	...(drawn[0] as Pop),
	id,
	state: "open",
	button: one,
});
const desk = (...pops: Pop[]) => ({ pops }) as unknown as Desk;

// One server for all pages: it lets each pop be claimed once.
function server() {
	const taken = new Set<string>();
	return vi.fn(async (_: string, { params }: { params: { path: { id: string } } }) => {
		const { id } = params.path;
		const opens = !taken.has(id);
		taken.add(id);
		return { data: { opens } };
	});
}

function page(post: ReturnType<typeof server>, change: Partial<Browser> = {}) {
	const opened: unknown[][] = [];
	const by: Browser = {
		open: (...all) => {
			opened.push(all);
			return { focus() {}, opener: {} } as unknown as Window;
		},
		load: vi.fn(),
		hidden: () => false,
		pause: vi.fn(async () => {}),
		...change,
	};
	return { by, opened, pops: new Pops({ client: { POST: post } } as unknown as App, by) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("of three pages one opens it, once", async () => {
	const post = server();
	const pages = [page(post), page(post), page(post)];
	for (const one of pages) one.pops.follow(desk(pop("pop_1")));
	for (const one of pages) one.pops.follow(desk(pop("pop_1")));
	await settled();
	expect(post).toHaveBeenCalledTimes(3);
	const opened = pages.flatMap((one) => one.opened);
	expect(opened).toEqual([
		["https://crm.example.com/", "belfry-pop-crm", expect.stringContaining("popup")],
	]);
});

test("a page that nobody looks at lets others ask first", async () => {
	const post = server();
	const away = page(post, { hidden: () => true });
	const here = page(post);
	away.pops.follow(desk(pop("pop_1")));
	here.pops.follow(desk(pop("pop_1")));
	await settled();
	expect(away.by.pause).toHaveBeenCalled();
	expect(here.opened).toHaveLength(1);
	expect(away.opened).toHaveLength(0);
});

test("what the browser does not open stays as a link", async () => {
	const one = page(server(), { open: () => null });
	one.pops.follow(desk(pop("pop_1")));
	await settled();
	expect([...one.pops.blocked]).toEqual(["pop_1"]);
	one.pops.opened(pop("pop_1"));
	expect(one.pops.blocked.size).toBe(0);
});

test("a tab cannot reach this page, and a hidden one is only loaded", () => {
	const tab = { opener: {} } as unknown as Window;
	const one = page(server(), { open: () => tab });
	expect(one.pops.open(button({ where: "tab" }))).toBe(true);
	expect(tab.opener).toBeNull();
	expect(one.pops.open(button({ where: "hidden" }))).toBe(true);
	expect(one.by.load).toHaveBeenCalledWith("https://crm.example.com/");
	expect(one.pops.open(button({ address: null }))).toBe(false);
});
