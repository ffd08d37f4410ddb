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

/** Installs what the lock file says; resolves to a sentence when that failed, with what npm said, else to null. */
export async function installDependencies(root, onSpawn = () => {}) {
  const first = await npm(root, ["ci"], onSpawn);
  if (first.code === 0) return null;
  // "ci" refuses a lock file that a registry's gaps left incomplete; "install" takes the same versions and fills it in.
  const second = /EUSAGE/.test(first.output) ? await npm(root, ["install", "--no-save"], onSpawn) : first;
  return second.code === 0 ? null : `Installing the dependencies failed:\n${second.output.trim()}`;
}

function npm(root, command, onSpawn) {
  const own = process.env.npm_execpath;
  const [program, ...before] = own?.endsWith(".js") ? [process.execPath, own] : ["npm"];
  // Build tools are dependencies of development, and this installation builds.
  const flags = ["--no-audit", "--no-fund", "--include=dev", "--include=optional", "--loglevel=error"];
  const child = spawn(program, [...before, ...command, ...flags], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (child.pid) onSpawn(child.pid);
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk.toString()));
  child.stderr.on("data", (chunk) => output.push(chunk.toString()));
  return new Promise((resolve) => {
    const done = (code) => resolve({ code, output: output.join("") });
    child.once("error", (error) => {
      output.push(error.message);
      done(1);
    });
    child.once("close", done);
  });
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}
