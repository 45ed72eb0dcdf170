// RemarksModel is what people write about a recording, and the links by which
// others listen to it for a while.
import type { Client } from "../wire/client";
import type { RecordingComment, RecordingLink } from "../wire/types";

export const HOURS: readonly number[] = [1, 24, 168, 720]; // an hour, a day, a week, 30 days

export class RemarksModel {
	comments = $state.raw<RecordingComment[]>([]);
	links = $state.raw<RecordingLink[]>([]);
	text = $state("");
	hours = $state(24);
	fresh = $state(""); // the address of the link that was just made: it is told once
	trouble = $state(false);
	busy = $state(false);

	constructor(
		private client: Client,
		private id: string,
		private origin: string,
	) {}

	private params = () => ({ params: { path: { id: this.id } } });

	// attempt does one thing at a time; what was typed stays when it fails.
	private async attempt(work: () => Promise<void>) {
		if (this.busy) return;
		this.busy = true;
		this.trouble = false;
		try {
			await work();
		} catch {
			this.trouble = true;
		}
		this.busy = false;
	}

	load(shares: boolean): Promise<void> {
		return this.attempt(async () => {
			const { data } = await this.client.GET("/api/v1/recordings/{id}/comments", this.params());
			this.comments = data?.items ?? [];
			if (shares) await this.list();
		});
	}

	add(at: number): Promise<void> {
		const text = this.text.trim();
		if (!text) return Promise.resolve();
		return this.attempt(async () => {
			const body = { at: Math.max(0, Math.floor(at * 10) / 10), text };
			const { data } = await this.client.POST("/api/v1/recordings/{id}/comments", {
				...this.params(),
				body,
			});
			this.comments = data?.items ?? this.comments;
			this.text = "";
		});
	}

	remove(comment: string): Promise<void> {
		return this.attempt(async () => {
			await this.client.DELETE("/api/v1/recordings/{id}/comments/{comment}", {
				params: { path: { id: this.id, comment } },
			});
			this.comments = this.comments.filter((one) => one.id !== comment);
		});
	}

	private async list() {
		const { data } = await this.client.GET("/api/v1/recordings/{id}/links", this.params());
		this.links = data?.items ?? [];
	}

	share(): Promise<void> {
		return this.attempt(async () => {
			const { data } = await this.client.POST("/api/v1/recordings/{id}/links", {
				...this.params(),
				body: { hours: this.hours },
			});
			if (data) this.fresh = this.origin + data.path;
			await this.list();
		});
	}

	end(link: string): Promise<void> {
		return this.attempt(async () => {
			await this.client.DELETE("/api/v1/recordings/{id}/links/{link}", {
				params: { path: { id: this.id, link } },
			});
			this.fresh = "";
			await this.list();
		});
	}

	// holding are the links by which somebody may listen now.
	holding(now: number): RecordingLink[] {
		return this.links.filter((one) => !one.ended && Date.parse(one.expires) > now);
	}
}
