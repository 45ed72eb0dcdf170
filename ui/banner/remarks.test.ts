import { expect, test } from "vitest";
import { connect } from "../wire/client";
import { RemarksModel } from "./remarks.svelte";

const root = "/api/v1/recordings/rec_1";
const comment = {
	id: "com_1",
	at: 12.5,
	text: "Monday",
	user: "usr_ann",
	user_name: "Ann Martin",
	written: "2026-11-22T10:20:00Z",
};
const link = {
	id: "lnk_1",
	by: "usr_sam",
	by_name: "Sam Rossi",
	made: "2026-11-22T10:00:00Z",
	expires: "2026-11-23T10:00:00Z",
	ended: null,
};

function model(answers: Record<string, unknown>) {
	const asked: string[] = [];
	const fetch = async (request: Request) => {
		const { pathname } = new URL(request.url);
		const what = `${request.method} ${pathname.replace(root, "")}`;
		asked.push(what + (request.method === "POST" ? ` ${await request.clone().text()}` : ""));
		if (!(what in answers))
			return Response.json({ status: 404, code: "none", detail: "No." }, { status: 404 });
		const answer = answers[what];
		return answer === null ? new Response(null, { status: 204 }) : Response.json(answer);
	};
	const client = connect({ fetch: fetch as typeof globalThis.fetch, base: "http://belfry" });
	return { remarks: new RemarksModel(client, "rec_1", "http://belfry"), asked };
}

test("links are asked for by who may share only", async () => {
	const { remarks, asked } = model({ "GET /comments": { items: [comment], next: null } });
	await remarks.load(false);
	expect(remarks.comments).toEqual([comment]);
	expect(asked).toEqual(["GET /comments"]);
});

test("a comment that could not be sent stays to be sent again", async () => {
	const answers: Record<string, unknown> = {};
	const { remarks, asked } = model(answers);
	await remarks.add(3);
	expect(asked).toEqual([]); // nothing was written
	remarks.text = " Monday ";
	await remarks.add(12.57);
	expect(remarks.trouble).toBe(true);
	expect(remarks.text).toBe(" Monday ");
	answers["POST /comments"] = { items: [comment], next: null };
	await remarks.add(12.57);
	expect(asked.at(-1)).toBe('POST /comments {"at":12.5,"text":"Monday"}');
	expect(remarks.trouble).toBe(false);
	expect(remarks.text).toBe("");
	answers["DELETE /comments/com_1"] = null;
	await remarks.remove("com_1");
	expect(remarks.comments).toEqual([]);
});

test("the address of a link is told once, and only those that hold are listed", async () => {
	const { remarks } = model({
		"POST /links": { ...link, path: "/shared/abc" },
		"GET /links": { items: [link, { ...link, id: "lnk_0", ended: link.made }], next: null },
		"DELETE /links/lnk_1": null,
	});
	await remarks.share();
	expect(remarks.fresh).toBe("http://belfry/shared/abc");
	expect(remarks.holding(Date.parse("2026-11-22T12:00:00Z")).map((one) => one.id)).toEqual([
		"lnk_1",
	]);
	expect(remarks.holding(Date.parse("2026-11-23T12:00:00Z"))).toEqual([]);
	await remarks.end("lnk_1");
	expect(remarks.fresh).toBe("");
});
