/** An installation of our own: embedded PostgreSQL, sandbox, web server and worker, on free ports, gone when it is stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../src/db/free-port";

const root = fileURLToPath(new URL("..", import.meta.url));
const READY_LIMIT_MS = 300_000;

/** Where an installation is, for browsers and for commands. */
export interface Installation {
  url: string;
  dataDir: string;
}

/** Starts one by the same code as `npm start`, with settings over the defaults; builds first when sources have changed. */
export async function startInstallation(
  settings: Record<string, string> = {},
): Promise<Installation & { stop: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), "quittance-e2e-"));
  // PostgreSQL may run as another account, to which a fresh temporary directory is closed.
  chmodSync(directory, 0o755);
  const dataDir = join(directory, "data");
  const child = spawn(process.execPath, ["src/cli/start/bootstrap.mjs", "--json", "--disposable", "--no-seed"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...ownParts(),
      ...settings,
      PORT: String(await freePort()),
      SANDBOX_PORT: String(await freePort()),
      QUITTANCE_DATA_DIR: dataDir,
    },
  });
  const stop = async () => {
    await end(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    return { url: await readyUrl(child), dataDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The person's environment without what would point at a database or a Stripe account that is not ours to use. */
function ownParts(): NodeJS.ProcessEnv {
  const foreign =
    /^(DATABASE_URL|STRIPE_|SANDBOX_|SMTP_URL|NEXTAUTH_|PUBLIC_URL|HOST$|NODE_ENV|CATALOG|TAX_MODE|npm_lifecycle)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept) } as NodeJS.ProcessEnv;
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("Quittance was not ready in time")), READY_LIMIT_MS);
    const settle = () => clearTimeout(late);
    child.once("exit", (code) => {
      settle();
      reject(new Error(`Quittance did not start (exit code ${code})`));
    });
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith('{"ready"')) return;
      settle();
      resolve((JSON.parse(line) as { url: string }).url);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exited;
}
