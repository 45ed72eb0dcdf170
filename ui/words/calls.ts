// The words of what is known about calls, which come with what says them.
import en from "./calls.en.json";
import fr from "./calls.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
