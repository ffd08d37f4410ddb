/** The sandbox alone: started as its README says, reachable from this machine only, and never beside real money. */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { temporaryDirectory } from "./start";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const cleanUp: Array<() => unknown> = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Runs the script of the README with nothing in the environment but what finds programs, until it prints or ends. */
async function runSandbox(options: string[], environment: Record<string, string> = {}) {
  const child = spawn("npm", ["run", "-s", "sandbox", "--", ...options], {
    cwd: root,
    detached: true,
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...environment } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += String(chunk);
  });
  const printed = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk) => {
      output += String(chunk);
      if (output.includes("\n")) resolve();
    });
  });
  // The script is a shell below npm: the whole group goes.
  cleanUp.push(async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await exited;
  });
  await Promise.race([printed, exited]);
  return { exited, output: () => output, errors: () => errors };
}

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

describe("a sandbox of its own", () => {
  it("prints one JSON line, answers, and listens on the loopback address only", async () => {
    const data = temporaryDirectory();
    cleanUp.push(data.remove);
    const running = await runSandbox(["--port", "0", "--data", data.path, "--json"]);
    const { url, ...rest } = JSON.parse(running.output()) as { url: string };
    expect(rest).toEqual({});
    const customer = await fetch(`${url}/v1/customers`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from("sk_test_sandbox:").toString("base64")}` },
      body: new URLSearchParams({ name: "Ada" }),
    });
    expect(await customer.json()).toMatchObject({ object: "customer", name: "Ada" });
    const port = Number(new URL(url).port);
    expect(await reaches("127.0.0.1", port)).toBe(true);
    const others = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address),
    );
    for (const host of ["127.0.0.2", "::1", ...others])
      expect([host, await reaches(host, port)]).toEqual([host, false]);
    expect(running.output().match(/\n/g)).toHaveLength(1);
  });

  const live = (prefix: string) => [prefix, "live", "0123456789"].join("_");
  it.each([
    ["production", [], { NODE_ENV: "production" }, "NODE_ENV=production"],
    ["a live secret key", [], { ANY_NAME: live("sk") }, "ANY_NAME"],
    ["a live restricted key within a value", [], { CONFIG: `a=1;key=${live("rk")}` }, "CONFIG"],
    ["a live key on the command line", ["--webhook-secret", live("sk")], {}, "command line"],
  ])("does not start beside %s", async (_what, options, environment, words) => {
    const running = await runSandbox(["--port", "0", "--json", ...options], environment as Record<string, string>);
    expect(await running.exited).toBe(1);
    expect(running.output()).toBe("");
    expect(running.errors()).toContain(words);
    expect(running.errors()).not.toContain("0123456789");
  });
});
