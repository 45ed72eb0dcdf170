// The words of what those who run the company are told, which come with what says them.
import en from "./watch.en.json";
import fr from "./watch.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
