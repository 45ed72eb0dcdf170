// Keys finds out which action a keystroke asks for. The printed letter counts,
// so that Alt+A is where A is printed on AZERTY; where Alt makes the key print
// something else (Option on a Mac, digits on AZERTY) the place of the key does.
export type Combo = string; // "Alt+Shift+x", "F6", "?"

interface Stroke {
	key: string;
	code: string;
	altKey: boolean;
	ctrlKey: boolean;
	metaKey: boolean;
	shiftKey: boolean;
	repeat?: boolean;
	getModifierState?: (name: string) => boolean;
}

const plain = /^[a-z0-9]$/i;

// printed is the letter or digit of the key, or the name of the key.
export function printed(stroke: Stroke): string {
	if (plain.test(stroke.key)) return stroke.key.toLowerCase();
	const place = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(stroke.code)?.[1];
	if (stroke.altKey && place) return place.toLowerCase();
	return stroke.key;
}

export function matches(stroke: Stroke, combo: Combo): boolean {
	if (stroke.repeat || stroke.metaKey) return false;
	// AltGr writes characters; Windows calls it Ctrl+Alt.
	if (stroke.getModifierState?.("AltGraph") || (stroke.ctrlKey && stroke.altKey)) return false;
	const parts = combo.split("+");
	const key = parts.pop() ?? "";
	if (stroke.altKey !== parts.includes("Alt")) return false;
	if (stroke.ctrlKey !== parts.includes("Ctrl")) return false;
	// A sign such as ? may need Shift, or not, as the keyboard has it.
	const sign = key.length === 1 && !plain.test(key);
	if (!sign && stroke.shiftKey !== parts.includes("Shift")) return false;
	return sign ? stroke.key === key : printed(stroke) === key.toLowerCase() || stroke.key === key;
}

// typing says whether a keystroke without Alt or Ctrl belongs to a field.
export function typing(target: EventTarget | null): boolean {
	const element = target as HTMLElement | null;
	if (!element?.tagName) return false;
	if (element.isContentEditable || element.tagName === "TEXTAREA" || element.tagName === "SELECT")
		return true;
	if (element.tagName !== "INPUT") return false;
	return !["button", "checkbox", "radio", "range"].includes((element as HTMLInputElement).type);
}

// shown writes a combo as it stands on a keycap.
export function shown(combo: Combo): string {
	return combo
		.replace("Shift+", "⇧ ")
		.replace(/\+/g, " ")
		.replace(/\b[a-z]$/, (letter) => letter.toUpperCase());
}
