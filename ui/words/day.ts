// The words of an agent's day: profile, status, and how calls went.
import en from "./day.en.json";
import fr from "./day.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
