/** Processes that are started in advance, so that a test which kills dozens of them does not wait for each to load. */
import { type ChildProcess, fork } from "node:child_process";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { CrashJob, CrashReport } from "./crash-child";

/** One file starts in half the time of many. Some packages in it still ask for what modules do not have. */
const COMMON_NAMES = `
import { createRequire } from "node:module";
import { dirname as directoryOf } from "node:path";
import { fileURLToPath as pathOf } from "node:url";
const require = createRequire(import.meta.url);
const __filename = pathOf(import.meta.url);
const __dirname = directoryOf(__filename);
`;

/** How many wait warm. */
const WARM = 3;

/** Runs jobs, each in a process of its own. */
export interface CrashPool {
  /** The report of a child that lived; null when it was killed, as it was told. Throws when it ended otherwise. */
  run(job: CrashJob): Promise<CrashReport | null>;
  close(): Promise<void>;
}

/** Bundles the child once and starts the first processes. */
export async function openCrashPool(): Promise<CrashPool> {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  // Beside the packages it imports, and in a name of its own: suites run side by side.
  const bundle = `${root}.quittance/crash-child-${process.pid}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL("./crash-child.ts", import.meta.url))],
    ...{ bundle: true, platform: "node", format: "esm", target: "node20", banner: { js: COMMON_NAMES } },
    ...{
      outfile: bundle,
      logLevel: "silent",
      absWorkingDir: root,
      alias: { "@": `${root}src` },
      external: ["pg-native"],
    },
  });
  const warm: Array<Promise<ChildProcess>> = [];
  const start = () => {
    const child = fork(bundle, { stdio: ["ignore", "ignore", "inherit", "ipc"], serialization: "advanced" });
    warm.push(new Promise((resolve) => child.once("message", () => resolve(child))));
  };
  for (let count = 0; count < WARM; count += 1) start();
  return {
    run: async (job) => {
      const waiting = warm.shift();
      start();
      if (waiting === undefined) throw new Error("a pool has warm children");
      return carryOut(await waiting, job);
    },
    close: async () => {
      for (const child of await Promise.all(warm)) child.kill();
      await rm(bundle, { force: true });
    },
  };
}

function carryOut(child: ChildProcess, job: CrashJob): Promise<CrashReport | null> {
  return new Promise((resolve, reject) => {
    let report: CrashReport | null = null;
    child.once("message", (message) => {
      report = message as CrashReport;
    });
    child.once("exit", (code, signal) => {
      if (signal === "SIGKILL") resolve(null);
      else if (report !== null) resolve(report);
      else reject(new Error(`The child ended with ${code ?? signal} and said nothing.`));
    });
    child.send(job);
  });
}
