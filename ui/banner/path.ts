// The way of a call is noted by the floor in short English remarks, parted by
// commas: "key 2", "open, Christmas", "queue Sales". Here they get the page's
// words; what is not known is shown as it stands, it may be a name.
import "../words/calls";
import type { Visit } from "../wire/types";
import { say, words } from "../words/words.svelte";

const remarks: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
	[/^key ([0-9*#])$/, ([, key = ""]) => say("path.key", { key })],
	[/^(\d+) digits$/, ([, count = ""]) => say("path.digits", { count: Number(count) })],
	[
		/^(queue|group|user|voice mailbox|number) (.+)$/,
		([, kind = "", name = ""]) => say(`path.${kind.replace(" ", "_")}`, { name }),
	],
	[/^sound (\S+) is missing$/, ([, name = ""]) => say("path.no_sound", { name })],
	[/^there (?:is|are) no .+$/, () => say("path.no_such")],
	[/^no such .+$/, () => say("path.no_such")],
	[
		/^the output (\S+) leads nowhere$/,
		([, name = ""]) => say("path.nowhere", { name: output(name) }),
	],
];

function remark(text: string): string {
	for (const [shape, put] of remarks) {
		const found = shape.exec(text);
		if (found) return put(found);
	}
	const key = `path.${text.replaceAll(" ", "_")}`;
	return words.has(key) ? say(key) : output(text);
}

// output is how a step was left. A menu's key needs no words beside the remark.
function output(name: string): string {
	const key = `output.${name}`;
	return words.has(key) ? say(key) : name;
}

// kindOf is what sort of step it is.
export function kindOf(visit: Visit): string {
	const key = `node.${visit.kind}`;
	return words.has(key) ? say(key) : visit.kind;
}

// happened says what came of the step, each thing once.
export function happened(visit: Visit): string {
	const noted = visit.what ? visit.what.split(", ") : [];
	const own = noted.some((text) => /^key .$/.test(text)) && /^[0-9*#]$/.test(visit.output);
	const all = noted
		// The name of the step says it already.
		.filter(
			(text) =>
				!visit.name || text.replace(/^(queue|group|user|voice mailbox|number) /, "") !== visit.name,
		)
		.map(remark);
	if (visit.output && !own) all.push(output(visit.output));
	return [...new Set(all)].filter(Boolean).join(", ");
}
