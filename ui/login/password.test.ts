import { expect, test } from "vitest";
import { strength } from "./password";

test.each([
	["", 0],
	["seven77", 0],
	["é€漢字éàü", 0],
	["aaaaaaaaaaaaaaaa", 1],
	["1234567890123456", 1],
	["abcabcabcabcabcabc", 1],
	["password", 1],
	["Tuesday-19", 2],
	["correct horse battery", 3],
	["kX9#vQ2!mZ7@pL", 3],
] as const)("%j is worth %i", (password, worth) => {
	expect(strength(password)).toBe(worth);
});
