// The words of the small Banner, which come with it.

import en from "./mini.en.json";
import fr from "./mini.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
