import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** One configuration for every suite below src/: node environment, the "@/" alias, and no watch mode. */
export default defineConfig({
  root,
  resolve: { alias: { "@": `${root}src` } },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
