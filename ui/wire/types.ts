// The shapes that the server sends, under the names the pages use for them.
// They come from the OpenAPI text (npm run types); nothing is written by hand
// but who is at the other end, which stands in many of them.
import type { components } from "./api";

type Schemas = components["schemas"];

export interface Caller {
	from: string; // E.164 or an extension; empty when withheld
	from_display: string;
	from_name: string;
	anonymous: boolean;
}

export type Activity = Schemas["Activity"];
export type Agent = Schemas["Agent"];
export type Call = Schemas["Call"] & Caller;
export type Candidate = Schemas["Candidate"];
export type Colour = Offer["colour"];
export type Decision = Schemas["Decision"];
export type Interaction = Schemas["Interaction"] & Caller;
export type InteractionWhole = Schemas["InteractionWhole"] & Interaction;
export type Me = Schemas["Me"];
export type Missed = Schemas["Missed"] & Caller;
export type Offer = Schemas["Offer"] & Caller;
export type PoolCall = Schemas["PoolCall"] & Caller;
export type Post = Schemas["Post"] & Caller;
export type Quality = Schemas["Quality"];
export type RoutingState = Agent["state"];
export type Transfer = Schemas["Transfer"];
export type Var = Schemas["Var"];
export type Visit = Schemas["Visit"];
export type VoiceMessage = Schemas["Voice"] & Caller;

export type Desk = Omit<Schemas["Desk"], "calls" | "offer" | "post" | "missed"> & {
	calls: Call[];
	offer: Offer | null;
	post: Post | null;
	missed: Missed[];
};
export type Pool = Omit<Schemas["Pool"], "waiting"> & { waiting: PoolCall[] };
