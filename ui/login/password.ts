// What the page of the set-up asks for, and how good a password is.
import type { paths } from "../wire/api";

export type FirstRun = paths["/api/v1/setup"]["post"]["requestBody"]["content"]["application/json"];

export const SHORTEST = 8; // characters, as the server has it

export type Strength = 0 | 1 | 2 | 3;

// strength is a hint and no gate: 0 too short, 1 will do, 2 good, 3 very good.
// Length counts, and characters that are not the ones before again.
export function strength(password: string): Strength {
	const all = [...password];
	if (all.length < SHORTEST) return 0;
	const steps = all.slice(1).filter((one, at) => {
		const step = (one.codePointAt(0) ?? 0) - (all[at]?.codePointAt(0) ?? 0);
		return Math.abs(step) > 1; // neither aaaa nor 1234
	}).length;
	const fresh = Math.min(steps + 1, new Set(all).size + 3);
	if (fresh >= 14) return 3;
	return fresh >= 10 ? 2 : 1;
}
