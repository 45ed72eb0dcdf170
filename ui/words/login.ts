// The words of signing in, which come with what says them.
import en from "./login.en.json";
import fr from "./login.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
