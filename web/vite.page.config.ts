import optimizeLocales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page of one model, which `ganvas export --page` copies beside the model's graphs. It lies on any static host, below
// any path, and asks no other host: the runtime's WebAssembly is one of its files.
export default defineConfig({
  root: "page",
  publicDir: "../public",
  base: "./",
  plugins: [react(), { ...optimizeLocales.vite({ locales: ["en-US", "ko-KR"] }), enforce: "pre" }],
  css: { modules: { localsConvention: "camelCaseOnly" } },
  worker: { format: "es" },
  build: {
    outDir: "../../src/ganvas/release/web_page/template",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
});
