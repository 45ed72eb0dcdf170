// The words of waiting calls for who supervises them, or may only look.
import en from "./pool.en.json";
import fr from "./pool.fr.json";
import { words } from "./words.svelte";

words.add({ en, fr });
