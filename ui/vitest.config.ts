import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";
import pages from "./vite.config.ts";

// Apart from vite.config.ts, which must work where no test tool is installed.
export default mergeConfig(
	pages,
	defineConfig({
		test: {
			include: ["**/*.test.ts"],
			exclude: ["node_modules/**", "dist/**", "shots/**"],
			environment: "node",
		},
	}),
);
