/** What a running installation keeps in its data directory: its secrets, and where its parts listen. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RUNNING_FILE } from "@/env";

/** Secrets that are made once and kept, so that sessions and webhook signatures survive a restart. */
export interface KeptSecrets {
  readonly sessionSecret: string;
  readonly sandboxWebhookSecret: string;
}

/** The secrets of the data directory, made on first use. */
export function keepSecrets(dataDir: string): KeptSecrets {
  const file = join(dataDir, "secrets.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as KeptSecrets;
  } catch {
    const secrets = {
      sessionSecret: randomBytes(36).toString("base64url"),
      sandboxWebhookSecret: `whsec_${randomBytes(24).toString("hex")}`,
    };
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, `${JSON.stringify(secrets)}\n`, { mode: 0o600 });
    return secrets;
  }
}

/** Tells commands in other terminals where the parts listen; they read it through env.ts. */
export function announce(dataDir: string, addresses: Readonly<Record<string, string>>): void {
  const content = { ...addresses, QUITTANCE_PID: String(process.pid) };
  writeFileSync(join(dataDir, RUNNING_FILE), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

/** Takes the announcement back. */
export function withdraw(dataDir: string): void {
  rmSync(join(dataDir, RUNNING_FILE), { force: true });
}

/** The installation that runs on this data directory, or null; an announcement of a dead one does not count. */
export function findRunning(dataDir: string): { pid: number; url: string } | null {
  try {
    const content = JSON.parse(readFileSync(join(dataDir, RUNNING_FILE), "utf8")) as Record<string, string>;
    const pid = Number(content.QUITTANCE_PID);
    if (!(pid > 1) || pid === process.pid || !looksLikeUs(pid)) return null;
    return { pid, url: content.PUBLIC_URL ?? "" };
  } catch {
    return null;
  }
}

/** A number may since belong to a stranger; where the system shows command lines, ours is recognised. */
function looksLikeUs(pid: number): boolean {
  process.kill(pid, 0);
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("bootstrap.mjs");
  } catch {
    return true;
  }
}
