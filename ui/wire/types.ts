// The shapes that the server sends, under the names the pages use for them.
// They come from the OpenAPI text (npm run types).
import type { components } from "./api";

type Schemas = components["schemas"];

export type Activity = Schemas["Activity"];
export type Agent = Schemas["Agent"];
export type Call = Schemas["Call"];
export type CallButton = Schemas["Button"];
export type Candidate = Schemas["Candidate"];
export type Contact = Schemas["Contact"];
export type Colour = Offer["colour"];
export type Decision = Schemas["Decision"];
export type Destination = Schemas["Destination"];
export type Failure = Schemas["Failure"];
export type Interaction = Schemas["Interaction"];
export type InteractionWhole = Schemas["InteractionWhole"];
export type Me = Schemas["Me"];
export type Missed = Schemas["Missed"];
export type Offer = Schemas["Offer"];
export type Party = Schemas["Party"];
export type PoolCall = Schemas["PoolCall"];
export type Pop = Schemas["Pop"];
export type Popped = Schemas["Popped"];
export type Post = Schemas["Post"];
export type Quality = Schemas["Quality"];
export type Live = Schemas["Live"];
export type LiveAgent = Schemas["LiveAgent"];
export type LiveQueue = Schemas["LiveQueue"];
export type Peaks = Schemas["Peaks"];
export type Recording = Schemas["RecordingState"];
export type RecordingComment = Schemas["Comment"];
export type RecordingLink = Schemas["Link"];
export type RecordingRow = Schemas["RecordingRow"];
export type RecordingShort = Schemas["Recording"];
export type RecordingWhole = Schemas["RecordingWhole"];
export type RoutingState = Agent["state"];
export type Segment = Schemas["Segment"];
export type Transfer = Schemas["Transfer"];
export type Transferring = Schemas["Transferring"];
export type Var = Schemas["Var"];
export type Visit = Schemas["Visit"];
export type VoiceMessage = Schemas["Voice"];

export type Desk = Schemas["Desk"];
export type Pool = Schemas["Pool"];

// Caller is who is at the other end; it stands in many of the others.
export type Caller = Pick<Offer, "from" | "from_display" | "from_name" | "anonymous">;
