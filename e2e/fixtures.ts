/** What specs share: the command line of the installation under test, its clock, its REST API, and people to be. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test as base } from "@playwright/test";
import { type Installation, startInstallation } from "./installation";
import { People } from "./people";
import { Rest } from "./rest";

const root = fileURLToPath(new URL("..", import.meta.url));
const execute = promisify(execFile);
const START_LIMIT_MS = 120_000;

/** Runs a command of the product against the installation under test and returns its JSON. */
export type Quittance = <T = unknown>(...args: string[]) => Promise<T>;

/** Time of the installation under test; it only moves forward. */
export interface Clock {
  /** `32d`, `1 month`; returns when everything that fell due has been processed. */
  advance(duration: string): Promise<void>;
}

function commandsOf({ dataDir }: Installation): Quittance {
  return async <T>(...args: string[]) => {
    const { stdout } = await execute(process.execPath, [join(root, "src/cli/start/quittance.mjs"), ...args, "--json"], {
      cwd: root,
      maxBuffer: 32 * 1024 * 1024,
      env: { ...process.env, QUITTANCE_DATA_DIR: dataDir } as NodeJS.ProcessEnv,
    });
    return JSON.parse(stdout) as T;
  };
}

interface Each {
  quittance: Quittance;
  clock: Clock;
  /** The REST API with a key that acts for every tenant. */
  rest: Rest;
  people: People;
}

interface Whole {
  /** What the installation is started with over the defaults (`CATALOG`, `TAX_MODE`, …). */
  settings: Record<string, string>;
  /** That of the worker; files with the same settings that it runs one after another share it. */
  installation: Installation;
  operatorKey: string;
}

/** Playwright's test with our fixtures. */
export const test = base.extend<Each, Whole>({
  settings: [{}, { scope: "worker", option: true }],
  installation: [
    async ({ settings }, use) => {
      const { stop, ...own } = await startInstallation(settings);
      await use(own);
      await stop();
    },
    { scope: "worker", timeout: START_LIMIT_MS },
  ],
  baseURL: async ({ installation }, use) => use(installation.url),
  quittance: async ({ installation }, use) => use(commandsOf(installation)),
  clock: async ({ quittance: run }, use) =>
    use({
      advance: async (duration) => {
        await run("clock", "advance", duration);
      },
    }),
  operatorKey: [
    async ({ installation }, use) =>
      use((await commandsOf(installation)<{ key: string }>("keys", "create", "--operator")).key),
    { scope: "worker" },
  ],
  rest: async ({ request, operatorKey }, use) => use(new Rest(request, operatorKey)),
  people: async ({ quittance: run, rest }, use) => use(new People(run, rest)),
});

export { expect } from "@playwright/test";
