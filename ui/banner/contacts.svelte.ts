// ContactsModel is one entry of the address book, opened as a card, with the
// calls that were had with it.
import type { Client } from "../wire/client";
import type { Contact, Interaction } from "../wire/types";

export interface Card {
	contact: Contact;
	earlier: Interaction[];
}

export class ContactsModel {
	opening = $state<string>();

	constructor(private client: Client) {}

	open = (id: string) => {
		this.opening = id;
	};

	close = () => {
		this.opening = undefined;
	};

	// read brings a card, newest calls of all its numbers first.
	async read(id: string): Promise<Card | undefined> {
		const { data: contact } = await this.client.GET("/api/v1/contacts/{id}", {
			params: { path: { id } },
		});
		if (!contact) return undefined;
		const pages = await Promise.all(
			contact.numbers
				.slice(0, 5)
				.map(({ number }) =>
					this.client.GET("/api/v1/interactions", { params: { query: { limit: 20, number } } }),
				),
		);
		// A call may be found by two of the numbers.
		const each = new Map(
			pages.flatMap((page) => page.data?.items ?? []).map((item) => [item.id, item]),
		);
		const earlier = [...each.values()].sort((a, b) => b.came.localeCompare(a.came));
		return { contact, earlier: earlier.slice(0, 20) };
	}
}
