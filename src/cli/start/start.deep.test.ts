/** The whole product, started for real, killed at moments nobody chose, and started again on the same data. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "@/db/free-port";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let directory: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "quittance-deep-"));
  chmodSync(directory, 0o755);
  env = {
    NODE_ENV: "test",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freePort()),
    QUITTANCE_DATA_DIR: join(directory, "data"),
  };
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function launch(): ChildProcess {
  const args = ["src/cli/start/bootstrap.mjs", "--json", "--no-seed"];
  return spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
}

function untilReady(child: ChildProcess): Promise<{ url: string; elapsedMs: number; memoryMb: number }> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`It ended with ${code} before it was ready`)));
    if (child.stdout) createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line)));
  });
}

/** Processes whose command line names our data directory, or that run in it. */
function leftovers(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const [commandLine, environment] = ["cmdline", "environ"].map((file) =>
          readFileSync(`/proc/${pid}/${file}`, "utf8"),
        );
        return `${commandLine}${environment}`.includes(directory)
          ? [`${pid} ${commandLine?.replaceAll("\0", " ")}`]
          : [];
      } catch {
        return [];
      }
    });
}

async function untilNothingIsLeft(): Promise<string[]> {
  for (let tries = 0; tries < 200 && leftovers().length > 0; tries += 1) await pause(50);
  return leftovers();
}

describe.runIf(platform() === "linux")("an installation", () => {
  it.each([150, 500, 900, 1_600, 2_500])(
    "that is killed after %i ms leaves nothing behind and starts again",
    async (ms) => {
      const killed = launch();
      await pause(ms);
      killed.kill("SIGKILL");
      expect(await untilNothingIsLeft()).toEqual([]);
    },
  );

  it("is ready within 8 seconds and 600 MB on its second start, answers, and ends at a signal", async () => {
    const child = launch();
    const ready = await untilReady(child);
    const health = await fetch(`${ready.url}/api/v1/health`);
    expect(health.status).toBe(200);
    expect(ready.elapsedMs).toBeLessThan(8_000);
    expect(ready.memoryMb).toBeLessThan(600);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect(await untilNothingIsLeft()).toEqual([]);
  });

  it("ends with a message and code 1 when one of its programs is lost", async () => {
    const child = launch();
    await untilReady(child);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    const worker = leftovers().find((line) => line.includes("dist/worker.mjs"));
    process.kill(Number(worker?.split(" ")[0]), "SIGKILL");
    expect(await exited).toBe(1);
    expect(await untilNothingIsLeft()).toEqual([]);
  });
});
