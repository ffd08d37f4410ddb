/**
 * `npm run lockfile`, after adding a package: enters the builds for other systems that npm left out of package-lock.json.
 *
 * npm drops an optional package from the lock file when the registry at hand does not have it, and "npm ci" then refuses
 * the whole file. Such a package is always the build of a native module for a system other than this one, its version is
 * that of the module, and its name says the system; so the entry can be written without asking anyone.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SYSTEMS = ["android", "darwin", "freebsd", "netbsd", "openbsd", "openharmony", "sunos", "aix", "linux", "win32"];
const PROCESSORS = ["arm64", "x64", "arm", "ia32", "ppc64", "riscv64", "s390x", "loong64", "mips64el", "wasm32"];

const file = fileURLToPath(new URL("../../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = [];
for (const [parentPath, parent] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    if (parentPath === "" || findEntry(parentPath, name)) continue;
    const path = `node_modules/${name}`;
    lock.packages[path] = entryFor(name, range, parent);
    added.push(path);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length > 0 ? `Entered ${added.length}:\n  ${added.join("\n  ")}` : "The lock file is complete.");

/** Where Node would find it from the parent, innermost first. */
function findEntry(parentPath, name) {
  for (let base = parentPath; ; base = base.slice(0, Math.max(base.lastIndexOf("/node_modules/"), 0))) {
    const path = base ? `${base}/node_modules/${name}` : `node_modules/${name}`;
    if (lock.packages[path]) return path;
    if (!base) return null;
  }
}

function entryFor(name, range, parent) {
  const version = range.replace(/^[\^~]/, "");
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name}@${range}: its version cannot be told from its range`);
  const words = name.split(/[/-]/).flatMap((word) => (word === "eabihf" || word === "gnueabihf" ? ["arm"] : [word]));
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor)).slice(0, 1);
  const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : words.includes("gnu") ? ["glibc"] : [];
  return {
    version,
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(parent.dev ? { dev: true } : {}),
    ...(os.includes("linux") && libc.length > 0 ? { libc } : {}),
    ...(parent.license ? { license: parent.license } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}
