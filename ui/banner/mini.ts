// What keys do in the small Banner: what they do in the Banner, as far as it is
// there, and calls are taken as calls of the small one.
import { type Action, actions } from "./actions";

const kept = new Set([
	"decline",
	"mute",
	"hold",
	"keypad",
	"hangup",
	"record",
	"transfer",
	"merge",
	"first",
	"second",
	"extend",
	"end",
	"activity",
]);

export function smallActions(toBanner: () => void): Action[] {
	const mine: Record<string, Action["run"]> = {
		accept: (app) => {
			const { offer } = app.desk;
			if (!offer) app.skip();
			else if (offer.small) void app.accept(offer, true);
			else toBanner();
		},
		take: (app) => app.takeOldest(true),
	};
	return actions.flatMap((action) => {
		const run = mine[action.id];
		if (run) return [{ ...action, run }];
		return kept.has(action.id) ? [action] : [];
	});
}
