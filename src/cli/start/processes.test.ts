import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Processes, ProgramFailed } from "./processes";

let directory: string;
let processes: Processes;
let losses: ProgramFailed[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "quittance-processes-"));
  losses = [];
  processes = new Processes(directory, join(directory, "logs"), (failure) => losses.push(failure), 500);
});

afterEach(async () => {
  await processes.end();
  rmSync(directory, { recursive: true, force: true });
});

const env = { NODE_ENV: "test", PATH: "/usr/bin:/bin" };
const ready = (pidOf: string) =>
  `console.log(JSON.stringify({ ready: true, pid: ${pidOf} })); setInterval(() => {}, 1000);`;

/** A program with a child of its own, whose number it tells. */
const PARENT = `
const { spawn } = require("node:child_process");
const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
${ready("child.pid")}`;

function isAlive(pid: unknown): boolean {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: unknown): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await pause(50);
  return !isAlive(pid);
}

describe("Processes", () => {
  it("waits until a program is ready, and ends it with its children", async () => {
    const line = await processes.start({ name: "parent", args: ["-e", PARENT], env });
    const [parent] = processes.pids();
    expect([isAlive(parent), isAlive(line.pid)]).toEqual([true, true]);
    await processes.end();
    expect([await untilGone(parent), await untilGone(line.pid)]).toEqual([true, true]);
    expect(losses).toEqual([]);
  });

  it("ends a program that does not want to end", async () => {
    const stubborn = `process.on("SIGTERM", () => {}); ${ready("process.pid")}`;
    const { pid } = await processes.start({ name: "stubborn", args: ["-e", stubborn], env });
    await processes.end();
    expect(await untilGone(pid)).toBe(true);
  });

  it("says with the end of its log why a program did not get ready", async () => {
    const start = processes.start({ name: "broken", args: ["-e", 'throw new Error("no such table")'], env });
    await expect(start).rejects.toThrow(/The broken ended before it was ready[\s\S]*no such table/);
  });

  it("gives up on a program that never gets ready", async () => {
    const start = processes.start({
      name: "slow",
      args: ["-e", "setInterval(() => {}, 1000)"],
      env,
      readyLimitMs: 300,
    });
    await expect(start).rejects.toThrow("was not ready within 0.3 s");
  });

  it("tells of a program that is lost later", async () => {
    const { pid } = await processes.start({ name: "mortal", args: ["-e", ready("process.pid")], env });
    process.kill(Number(pid), "SIGKILL");
    for (let tries = 0; tries < 100 && losses.length === 0; tries += 1) await pause(20);
    expect(losses.map(({ message }) => message)).toEqual([expect.stringContaining("The mortal ended unexpectedly")]);
  });

  it("hands on the lines of a program that runs to its end, and fails when it fails", async () => {
    const lines: string[] = [];
    const args = ["-e", 'console.log("one"); console.error("two"); process.exitCode = Number(process.argv[1])'];
    await processes.run({ name: "count", args: [...args, "0"], env }, (line) => lines.push(line));
    expect(lines.sort()).toEqual(["one", "two"]);
    await expect(processes.run({ name: "count", args: [...args, "3"], env })).rejects.toBeInstanceOf(ProgramFailed);
  });
});

describe("the keeper", () => {
  it("ends what we started when we are killed", async () => {
    const keeper = fileURLToPath(new URL("../../db/keeper.ts", import.meta.url));
    const script = join(directory, "killed.ts");
    writeFileSync(
      script,
      `import { spawn } from "node:child_process";
       import { keepFromOrphaning } from ${JSON.stringify(keeper)};
       const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
       keepFromOrphaning(child.pid ?? 0, "TERM");
       console.log(child.pid);
       setInterval(() => {}, 1000);`,
    );
    const loader = import.meta.resolve("tsx");
    const killed = spawn(process.execPath, ["--import", loader, script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) =>
      killed.stdout.once("data", (data) => resolve(Number(String(data)))),
    );
    expect(isAlive(pid)).toBe(true);
    killed.kill("SIGKILL");
    expect(await untilGone(pid)).toBe(true);
  });
});
