import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Vitest's own order, with the lives of the lifecycle first, which take a minute or two each: begun last, one process would
 * still live them while the other has nothing left to do.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes("/src/testing/lifecycle/");
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/**
 * One configuration for every suite below src/. Files run in two processes side by side, each suite on a database of its
 * own; global-setup starts the one PostgreSQL they share. With `--mode deep` it takes the suites that need minutes
 * instead, one file after the other.
 */
export default defineConfig(({ mode }) => ({
  root,
  cacheDir: `${root}.quittance/vitest`,
  resolve: { alias: { "@": `${root}src` } },
  test: {
    include: mode === "deep" ? ["src/**/*.deep.test.ts"] : ["src/**/*.test.ts", "src/**/*.test.tsx"],
    exclude: mode === "deep" ? [] : ["src/**/*.deep.test.ts"],
    environment: "node",
    globalSetup: `${root}src/testing/global-setup.ts`,
    pool: "forks",
    // Modules are loaded once in each process: most suites load all of the product, which took longer than many of them run.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    maxWorkers: mode === "deep" ? 1 : 2,
    testTimeout: mode === "deep" ? 900_000 : 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
}));
