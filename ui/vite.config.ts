import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// Each page is an entry of its own: a fault in one cannot keep another from
// loading. The book of parts is a page for us and is not in the product.
const pages = ["login", "setup", "banner", "live", "maker"];
const book = process.env.BELFRY_BOOK === "1";

// In development the pages come from Vite and the rest from a running belfry.
const belfry = process.env.BELFRY_HTTP ?? "http://127.0.0.1:8080";

export default defineConfig({
	plugins: [svelte()],
	build: {
		target: "es2022",
		outDir: book ? "shots/book" : "dist",
		emptyOutDir: true,
		manifest: true,
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		rollupOptions: {
			// What the Banner and the supervisor's page both begin with is one file: many
			// small ones would cost more than they share.
			output: book
				? {}
				: {
						codeSplitting: {
							groups: [
								{
									name: "shared",
									test: /kit\/(Menu|Settings|Strip|Empty|Shape|Button|Meter|ToastStack|figures)\.|wire\/(clock|client)|banner\/(preferences|remembered|people|toasts)\./,
								},
								// And what the Banner begins with and its later parts use too.
								{
									name: "agent",
									test: /banner\/(actions|conversation|devices|mailbox|Strips|pages)\b/,
								},
							],
						},
					},
			input: book ? ["kit/book.html"] : pages.map((page) => `${page}.html`),
		},
	},
	server: {
		host: "127.0.0.1",
		proxy: { "/api": { target: belfry, changeOrigin: false } },
	},
});
