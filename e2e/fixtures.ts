/** What specs share: the command line of the installation under test, its clock, its REST API, and people to be. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test as base } from "@playwright/test";
import { People } from "./people";
import { Rest } from "./rest";

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

interface Each {
  quittance: Quittance;
  clock: Clock;
  /** The REST API with a key that acts for every tenant. */
  rest: Rest;
  people: People;
}

/** Playwright's test with our fixtures. */
export const test = base.extend<Each, { operatorKey: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
  quittance: async ({}, use) => use(quittance),
  clock: async ({ quittance: run }, use) =>
    use({
      advance: async (duration) => {
        await run("clock", "advance", duration);
      },
    }),
  operatorKey: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
    async ({}, use) => use((await quittance<{ key: string }>("keys", "create", "--operator")).key),
    { scope: "worker" },
  ],
  rest: async ({ request, operatorKey }, use) => use(new Rest(request, operatorKey)),
  people: async ({ quittance: run, rest }, use) => use(new People(run, rest)),
});

export { expect } from "@playwright/test";
