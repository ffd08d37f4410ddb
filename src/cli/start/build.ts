/** The production build: our programs as bundles in dist/, the pages by Next in .next/. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import type { Processes } from "./processes";
import { buildStampFile, hashSources, isBuilt } from "./sources.mjs";

/** Builds when the sources changed since the last build; returns whether it had to. */
export async function buildIfChanged(
  root: string,
  processes: Processes,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (isBuilt(root)) return false;
  const hash = hashSources(root);
  rmSync(buildStampFile(root), { force: true });
  rmSync(join(root, "dist/chunks"), { recursive: true, force: true });
  await bundle(root);
  await processes.run({
    name: "production build",
    args: ["node_modules/next/dist/bin/next", "build"],
    env: { ...environment, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(buildStampFile(root), hash);
  return true;
}
