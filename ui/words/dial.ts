// The words of calls out and of where calls are sent, which come with what says
// them.
import en from "./dial.en.json";
import fr from "./dial.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
