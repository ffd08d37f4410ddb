/** What `npm run quittance` runs: the bundled command line while the build is fresh, else the same from its sources. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isBuilt } from "./sources.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const bundled = join(root, "dist/quittance.mjs");

if (!existsSync(join(root, "node_modules"))) {
  process.stderr.write('Nothing is installed yet: run "npm start" (or "npm ci") first.\n');
  process.exit(1);
} else if (existsSync(bundled) && isBuilt(root)) {
  await import(pathToFileURL(bundled).href);
} else {
  const loader = pathToFileURL(join(root, "node_modules/tsx/dist/loader.mjs")).href;
  const args = ["--import", loader, join(root, "src/cli/main.ts"), ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.once("close", (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0);
  });
}
