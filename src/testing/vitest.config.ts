import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * One configuration for every suite below src/. Files run in two processes side by side, each suite on a database of its
 * own; global-setup starts the one PostgreSQL they share.
 */
export default defineConfig({
  root,
  cacheDir: `${root}.quittance/vitest`,
  resolve: { alias: { "@": `${root}src` } },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    environment: "node",
    globalSetup: `${root}src/testing/global-setup.ts`,
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
