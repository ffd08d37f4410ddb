/** Builds the product once, before two workers start installations of it side by side. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Does nothing when the build is newer than its sources. */
export default function globalSetup(): void {
  const args = ["src/cli/start/bootstrap.mjs", "--only", "build"];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error("The product could not be built.");
}
