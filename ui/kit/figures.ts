// Figures turns seconds, instants and names into what people read.

// span writes seconds as 0:07, 12:35 or 1:02:03.
export function span(seconds: number): string {
	const whole = Math.max(0, Math.floor(seconds));
	const s = String(whole % 60).padStart(2, "0");
	const m = Math.floor(whole / 60) % 60;
	const h = Math.floor(whole / 3600);
	return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

// initials are what an avatar shows of a name; nothing for a number.
export function initials(name: string): string {
	const parts = name.split(/[\s-]+/).filter((part) => /^\p{L}/u.test(part));
	const first = parts[0]?.[0] ?? "";
	const last = parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : "";
	return (first + last).toLocaleUpperCase();
}

// hour writes an instant as the clock on the wall, with the day when it was
// another one than that of now.
export function hour(at: string, now: number, language: string): string {
	const when = new Date(at);
	const same = when.toDateString() === new Date(now).toDateString();
	const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hour12: false };
	if (same) return new Intl.DateTimeFormat(language, time).format(when);
	return new Intl.DateTimeFormat(language, { day: "numeric", month: "short", ...time }).format(
		when,
	);
}
