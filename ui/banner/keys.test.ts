import { expect, test } from "vitest";
import { matches, shown, typing } from "./keys";

const stroke = (
	key: string,
	code: string,
	mods: Partial<Record<"alt" | "ctrl" | "shift" | "meta" | "repeat" | "altgr", boolean>> = {},
) => ({
	key,
	code,
	altKey: mods.alt ?? false,
	ctrlKey: mods.ctrl ?? false,
	metaKey: mods.meta ?? false,
	shiftKey: mods.shift ?? false,
	repeat: mods.repeat ?? false,
	getModifierState: (name: string) => name === "AltGraph" && (mods.altgr ?? false),
});

test.each([
	["QWERTY", stroke("a", "KeyA", { alt: true }), "Alt+a", true],
	["AZERTY: A is printed where Q stands", stroke("a", "KeyQ", { alt: true }), "Alt+a", true],
	["AZERTY: the key in A's place prints Q", stroke("q", "KeyA", { alt: true }), "Alt+a", false],
	["Mac: Option writes å", stroke("å", "KeyA", { alt: true }), "Alt+a", true],
	["Mac: Option makes a dead key", stroke("Dead", "KeyE", { alt: true }), "Alt+e", true],
	["a Russian keyboard", stroke("ф", "KeyA", { alt: true }), "Alt+a", true],
	["AZERTY: a digit without Shift", stroke("&", "Digit1", { alt: true }), "Alt+1", true],
	["Caps Lock", stroke("A", "KeyA", { alt: true }), "Alt+a", true],
	["Shift is another key", stroke("X", "KeyX", { alt: true, shift: true }), "Alt+x", false],
	["hang up", stroke("X", "KeyX", { alt: true, shift: true }), "Alt+Shift+x", true],
	["a key held down", stroke("a", "KeyA", { alt: true, repeat: true }), "Alt+a", false],
	["AltGr writes", stroke("a", "KeyA", { alt: true, altgr: true }), "Alt+a", false],
	["Ctrl+Alt is AltGr on Windows", stroke("a", "KeyA", { alt: true, ctrl: true }), "Alt+a", false],
	["a plain letter", stroke("a", "KeyA"), "Alt+a", false],
	["the system's own", stroke("a", "KeyA", { alt: true, meta: true }), "Alt+a", false],
	["F6", stroke("F6", "F6"), "F6", true],
	["Shift+F6", stroke("F6", "F6", { shift: true }), "Shift+F6", true],
	["Shift+F6 is not F6", stroke("F6", "F6", { shift: true }), "F6", false],
	["a question mark on QWERTY needs Shift", stroke("?", "Slash", { shift: true }), "?", true],
	["and on AZERTY too", stroke("?", "KeyM", { shift: true }), "?", true],
	["Alt+? is not it", stroke("?", "Slash", { shift: true, alt: true }), "?", false],
])("%s", (_, event, combo, wanted) => {
	expect(matches(event, combo)).toBe(wanted);
});

test("a field keeps its letters", () => {
	const element = (tagName: string, type = "") =>
		({ tagName, type, isContentEditable: false }) as unknown as EventTarget;
	expect(typing(element("INPUT", "text"))).toBe(true);
	expect(typing(element("TEXTAREA"))).toBe(true);
	expect(typing(element("INPUT", "range"))).toBe(false);
	expect(typing(element("BUTTON"))).toBe(false);
	expect(typing(null)).toBe(false);
});

test("combos are shown as on keycaps", () => {
	expect(shown("Alt+a")).toBe("Alt A");
	expect(shown("Alt+Shift+x")).toBe("Alt ⇧ X");
	expect(shown("F6")).toBe("F6");
	expect(shown("Shift+F6")).toBe("⇧ F6");
});
