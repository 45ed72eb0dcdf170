// The words of buttons that a company has set, which come with them.
import en from "./pops.en.json";
import fr from "./pops.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
