/** What the build is made of, as one number: when it changed, the build is stale. Plain Node, so that every entry can ask. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const INPUTS = [
  "src",
  "public",
  "prisma/schema",
  "next.config.js",
  "postcss.config.mjs",
  "package-lock.json",
  "tsconfig.json",
];
const IGNORED = /(^|\/)(generated|testing|node_modules)(\/|$)|\.test\.tsx?$|\.md$/;

/** Where the build notes which sources it was made from. */
export const buildStampFile = (root) => join(root, "dist/build.stamp");

/** Hash over the names and contents of all sources that end up in the build. */
export function hashSources(root) {
  const hash = createHash("sha256").update(process.versions.modules);
  for (const input of INPUTS) visit(root, input, hash);
  return hash.digest("hex");
}

/** Whether dist/ and .next/ were made from the present sources. */
export function isBuilt(root) {
  const stamp = buildStampFile(root);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hashSources(root);
}

function visit(root, path, hash) {
  const full = join(root, path);
  if (IGNORED.test(path) || !existsSync(full)) return;
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) visit(root, `${path}/${name}`, hash);
  } else {
    hash.update(path).update("\0").update(readFileSync(full)).update("\0");
  }
}
