// Loudspeaker is where the line is heard: one element for all the lines of a page,
// on the device of the agent's choice, as soon as the browser lets it sound.
export class Loudspeaker {
	#audio: HTMLAudioElement | undefined;
	#sink = "";
	#blocked = false; // the browser wants a gesture before it plays

	constructor(private say: (blocked: boolean) => void) {}

	play(stream: MediaStream) {
		this.#audio ??= new Audio();
		this.#audio.autoplay = true;
		this.#audio.srcObject = stream;
		void this.#aim();
		void this.#start();
	}

	async setSink(device: string) {
		this.#sink = device;
		await this.#aim();
	}

	// unblock tries again where the browser wanted a gesture.
	unblock() {
		if (this.#blocked) void this.#start();
	}

	#start = async () => {
		try {
			await this.#audio?.play();
			this.#block(false);
		} catch (error) {
			// Anything but this is a newer line that took the element's place.
			if ((error as Error).name === "NotAllowedError") this.#block(true);
		}
	};

	#block(blocked: boolean) {
		if (blocked === this.#blocked) return;
		this.#blocked = blocked;
		for (const gesture of ["pointerdown", "keydown"])
			if (blocked) addEventListener(gesture, this.#start, { capture: true });
			else removeEventListener(gesture, this.#start, { capture: true });
		this.say(blocked);
	}

	async #aim() {
		const able = this.#audio as
			| (HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> })
			| undefined;
		// A headset that is gone must not cost the call: it plays where it can.
		await able?.setSinkId?.(this.#sink).catch(() => able.setSinkId?.(""));
	}
}
