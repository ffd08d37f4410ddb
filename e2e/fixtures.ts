/** What specs share: the command line of the installation under test, and its clock. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test as base } from "@playwright/test";

const root = fileURLToPath(new URL("..", import.meta.url));
const execute = promisify(execFile);

/** Runs a command of the product against the installation under test and returns its JSON. */
export type Quittance = <T = unknown>(...args: string[]) => Promise<T>;

/** Time of the installation under test; it only moves forward. */
export interface Clock {
  /** `32d`, `1 month`; returns when everything that fell due has been processed. */
  advance(duration: string): Promise<void>;
}

async function quittance<T>(...args: string[]): Promise<T> {
  const { stdout } = await execute(process.execPath, [join(root, "src/cli/start/quittance.mjs"), ...args, "--json"], {
    cwd: root,
    maxBuffer: 32 * 1024 * 1024,
    env: { ...process.env, QUITTANCE_DATA_DIR: process.env.QUITTANCE_E2E_DATA_DIR ?? "" } as NodeJS.ProcessEnv,
  });
  return JSON.parse(stdout) as T;
}

/** Playwright's test with our fixtures. */
export const test = base.extend<{ quittance: Quittance; clock: Clock }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
  quittance: async ({}, use) => use(quittance),
  clock: async ({ quittance: run }, use) =>
    use({
      advance: async (duration) => {
        await run("clock", "advance", duration);
      },
    }),
});

export { expect } from "@playwright/test";
