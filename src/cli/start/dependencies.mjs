/** Brings node_modules to what package-lock.json says, before anything from it can be imported. Plain Node on purpose. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const OLDEST = [20, 19];

/** A sentence when this Node is too old, else null. */
export function nodeProblem() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return null;
  return `Node ${process.versions.node} is too old: Quittance needs ${OLDEST.join(".")} or newer (22 and 24 work too).`;
}

/** Why the installed packages are not the locked ones, or null when they are. */
export function missingDependencies(root) {
  const installedFile = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return "node_modules is missing";
  const installed = packagesOf(installedFile);
  for (const [path, locked] of Object.entries(packagesOf(join(root, "package-lock.json")))) {
    if (path === "" || locked.link) continue;
    const found = installed[path];
    if (!found && !locked.optional && !locked.peer) return `${path} is missing`;
    if (found && found.version !== locked.version) return `${path} is ${found.version}, not ${locked.version}`;
  }
  return null;
}

/** Installs by `npm ci`; resolves to a sentence when that failed, with what npm said, else to null. */
export async function installDependencies(root, onSpawn = () => {}) {
  const own = process.env.npm_execpath;
  const [command, ...first] = own?.endsWith(".js") ? [process.execPath, own] : ["npm"];
  const output = [];
  // Build tools are dependencies of development, and this installation builds.
  const args = [...first, "ci", "--no-audit", "--no-fund", "--include=dev", "--include=optional", "--loglevel=error"];
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true });
  if (child.pid) onSpawn(child.pid);
  child.stdout.on("data", (chunk) => output.push(chunk.toString()));
  child.stderr.on("data", (chunk) => output.push(chunk.toString()));
  const code = await new Promise((resolve) => {
    child.once("error", (error) => {
      output.push(error.message);
      resolve(1);
    });
    child.once("close", resolve);
  });
  return code === 0 ? null : `"npm ci" failed:\n${output.join("").trim()}`;
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}
