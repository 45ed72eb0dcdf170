// The words of the administrator's page, which come with it.
import en from "./maker.en.json";
import fr from "./maker.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
