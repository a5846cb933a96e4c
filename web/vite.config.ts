import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

declare const process: { env: Record<string, string | undefined> };

// Pages are served by `ganvas studio`; while developing, /v1 goes to the studio at this address.
const studio = process.env.GANVAS_STUDIO ?? "http://127.0.0.1:8300";

export default defineConfig({
  // Modules find each other by their own addresses, so that the studio may lie below any path.
  base: "./",
  plugins: [
    react(),
    // The components' own words in the languages that the pages speak, and no others.
    { ...optimizeLocales.vite({ locales: ["en-US", "ko-KR"] }), enforce: "pre" },
  ],
  // In TypeScript, `.running-link` of a *.module.css is `styles.runningLink`.
  css: { modules: { localsConvention: "camelCaseOnly" } },
  server: { proxy: { "/v1": studio } },
  build: {
    outDir: "../src/ganvas/serve/static",
    emptyOutDir: true,
    // Fonts and pictures stay files: the content security policy allows no data: address for fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
  // One environment for all files of a worker, which takes a quarter of the time; what a test changes is taken back.
  test: {
    setupFiles: ["src/test-setup.ts"],
    testTimeout: 60_000,
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
