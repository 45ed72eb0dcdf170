// The words of a call that is on, which come with what says them.
import en from "./live.en.json";
import fr from "./live.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
