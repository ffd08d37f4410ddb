/**
 * Makes the Prisma client from the schema folder, when the folder changed since the last time.
 *
 * The command line insists on a native schema engine that it would download; for generating it only checks that the file
 * exists, so it is shown the one executable that is certainly there: Node's own.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** Returns whether the client had to be made. */
export async function generateClient(root: string): Promise<boolean> {
  const stampFile = join(root, "src/db/generated/.stamp");
  const stamp = schemaStamp(root);
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return false;
  const command = createRequire(join(root, "package.json")).resolve("prisma/build/index.js");
  const { code, output } = await run(root, [command, "generate", "--schema", "prisma/schema", "--no-hints"]);
  if (code !== 0) throw new Error(`The Prisma client could not be generated:\n${output}`);
  await writeFile(stampFile, stamp);
  return true;
}

function schemaStamp(root: string): string {
  const directory = join(root, "prisma/schema");
  const hash = createHash("sha256");
  for (const name of readdirSync(directory).sort()) {
    if (name.endsWith(".prisma")) hash.update(name).update(readFileSync(join(directory, name)));
  }
  hash.update(readFileSync(join(root, "node_modules/prisma/package.json")));
  return hash.digest("hex");
}

function run(root: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const output: string[] = [];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: {
      NODE_ENV: "production",
      PATH: "/usr/bin:/bin",
      HOME: homedir(),
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: 1, output: error.message }));
    child.once("close", (code) => resolve({ code, output: output.join("") }));
  });
}
