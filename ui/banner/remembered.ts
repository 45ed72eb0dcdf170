// Remembered is what this browser keeps for its agent. Where storage is
// forbidden everything is forgotten, and nothing fails.
export const remembered = {
	read(name: string): string | null {
		try {
			return localStorage.getItem(`belfry.${name}`);
		} catch {
			return null;
		}
	},
	write(name: string, value: string) {
		try {
			localStorage.setItem(`belfry.${name}`, value);
		} catch {
			// as above
		}
	},
};
