// The words of recordings, which come with their player.
import en from "./recording.en.json";
import fr from "./recording.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
