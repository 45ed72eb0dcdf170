// The words of what comes before a call, which come with what says them.
import en from "./shift.en.json";
import fr from "./shift.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
