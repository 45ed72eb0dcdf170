// The words of why a call came to an agent, which come when that is asked.
import en from "./why.en.json";
import fr from "./why.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
