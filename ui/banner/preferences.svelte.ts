// Preferences are what this browser remembers for its agent.
import { type Language, languages, preferred, words } from "../words/words.svelte";
import { remembered } from "./remembered";

export type Theme = "system" | "light" | "dark";
export const themes: readonly Theme[] = ["system", "light", "dark"];

export class Preferences {
	theme = $state<Theme>("system");
	/** Keys without Alt or Ctrl may act (WCAG 2.1.4 asks that they can be turned off). */
	singleKeys = $state(true);
	/** Microphone and sound were found good at the last start of a shift. */
	checked = $state(false);

	async load() {
		const theme = remembered.read("theme") as Theme;
		this.setTheme(themes.includes(theme) ? theme : "system");
		this.singleKeys = remembered.read("single-keys") !== "off";
		this.checked = remembered.read("checked") === "yes";
		const language = remembered.read("language") as Language;
		await words.speak(languages.includes(language) ? language : preferred(navigator.languages));
	}

	setTheme(theme: Theme) {
		this.theme = theme;
		const root = document.documentElement;
		if (theme === "system") delete root.dataset.theme;
		else root.dataset.theme = theme;
		remembered.write("theme", theme);
	}

	async setLanguage(language: Language) {
		remembered.write("language", language);
		await words.speak(language);
	}

	setSingleKeys(on: boolean) {
		this.singleKeys = on;
		remembered.write("single-keys", on ? "on" : "off");
	}

	setChecked(good: boolean) {
		this.checked = good;
		remembered.write("checked", good ? "yes" : "no");
	}
}
