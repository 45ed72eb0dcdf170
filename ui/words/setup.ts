// The words of the first page of all, which come with what says them.
import en from "./setup.en.json";
import fr from "./setup.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
