import { mount } from "svelte";
import "../kit/tokens.css";
import "../kit/base.css";
import { Preferences } from "../banner/preferences.svelte";
import Maker from "./Maker.svelte";
import { Plan } from "./plan.svelte";

const preferences = new Preferences();
await preferences.load();

mount(Maker, { target: document.body, props: { preferences, plan: new Plan() } });
