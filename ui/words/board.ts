// The words of the supervisor's page.
import en from "./board.en.json";
import fr from "./board.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
