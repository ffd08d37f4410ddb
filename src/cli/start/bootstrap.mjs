/**
 * What `npm start` runs: plain Node that needs no package, because on a fresh clone there is none. It sees to Node's
 * version and to node_modules, then goes on in TypeScript (main.ts beside this file).
 */
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installDependencies, missingDependencies, nodeProblem } from "./dependencies.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const startedAt = performance.now();
process.chdir(root);

let installing = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    if (!installing) return;
    process.kill(-installing, "SIGTERM");
    process.exit(130);
  });
}

function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

const tooOld = nodeProblem();
if (tooOld) fail(tooOld);

const reason = missingDependencies(root);
if (reason) {
  process.stdout.write(`  Installing dependencies (${reason}); this takes about a minute\n`);
  const failure = await installDependencies(root, (pid) => {
    installing = pid;
  });
  installing = 0;
  if (failure) fail(failure);
}
const dependenciesMs = performance.now() - startedAt;

try {
  const { bundle } = await import("./bundle.mjs");
  await bundle(root, ["start"]);
  const { start } = await import(pathToFileURL(join(root, "dist/start.mjs")).href);
  await start({ root, startedAt, dependenciesMs, installed: reason !== null, args: process.argv.slice(2) });
} catch (error) {
  fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
