// Words speaks to the agent in their language. Catalogues are i18next JSON v4:
// {{name}} stands for a value, key_one and key_other for a count.
import en from "./en.json";

export type Language = "en" | "fr";
export type Values = Record<string, string | number>;
type Catalogue = Record<string, string>;

export const languages: readonly Language[] = ["en", "fr"];

export class Words {
	language = $state<Language>("en");
	#first = $state.raw<Catalogue>(en);
	#parts = $state.raw<Record<Language, Catalogue>[]>([]);
	#catalogue = $derived<Catalogue>(
		Object.assign({}, this.#first, ...this.#parts.map((part) => part[this.language])),
	);
	#plurals = $derived(new Intl.PluralRules(this.language));

	async speak(language: Language) {
		this.#first = language === "fr" ? (await import("./fr.json")).default : en;
		this.language = language;
		if (typeof document !== "undefined") document.documentElement.lang = language;
	}

	// add brings the words of a part of the pages that is loaded apart.
	add(part: Record<Language, Catalogue>) {
		this.#parts = [...this.#parts, part];
	}

	// say returns the sentence for the key; a key that is missing shows itself.
	say = (key: string, values: Values = {}): string => {
		const count = values.count;
		let text = this.#catalogue[key];
		if (typeof count === "number") {
			text =
				this.#catalogue[`${key}_${this.#plurals.select(count)}`] ??
				this.#catalogue[`${key}_other`] ??
				text;
		}
		return (text ?? key).replace(/{{(\w+)}}/g, (_, name) => String(values[name] ?? ""));
	};

	// has says whether there is a sentence for a code that a server made up.
	has = (key: string): boolean => key in this.#catalogue;
}

// preferred is the first language that the browser asks for and we speak.
export function preferred(asked: readonly string[]): Language {
	for (const tag of asked) {
		const found = languages.find((language) => tag.toLowerCase().startsWith(language));
		if (found) return found;
	}
	return "en";
}

export const words = new Words();
export const say = words.say;
