/**
 * What `npm test` runs: every check of the project from a bare clone, and one line at the end that counts them all.
 * Plain Node, because on a fresh clone there is nothing else. Types, lint and the build count as one check each.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installDependencies, missingDependencies, nodeProblem } from "./dependencies.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
process.chdir(root);
const reports = mkdtempSync(join(tmpdir(), "quittance-reports-"));
const startedAt = performance.now();
const children = new Set();
const results = [];

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    for (const pid of children) endGroup(pid);
    rmSync(reports, { recursive: true, force: true });
    process.exit(130);
  });
}

const started = nodeProblem() ?? (await dependencies());
if (started) {
  process.stderr.write(`${started}\n`);
  finish([{ name: "dependencies", passed: 0, failed: 1 }]);
}
if (await single("Prisma client", ["src/cli/start/bootstrap.mjs", "--only", "client"], { counts: false })) {
  // First alone: the build writes route types that would change under the compiler's hands.
  await single("types", ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "."]);
  await Promise.all([
    single("lint", ["node_modules/@biomejs/biome/bin/biome", "check", "."]),
    single("production build", ["src/cli/start/bootstrap.mjs", "--only", "build"]),
  ]);
  await unit();
  if (results.find(({ name }) => name === "production build")?.failed === 0) await browser();
  else results.push({ name: "browser", passed: 0, failed: 1, durationMs: 0, note: "not run: there is no build" });
}
finish(results);

async function dependencies() {
  const reason = missingDependencies(root);
  if (!reason) return null;
  process.stdout.write(`Installing dependencies (${reason})\n`);
  return installDependencies(root, (pid) => children.add(pid));
}

/** A check that passes or fails as a whole; its output is shown only when it fails. */
async function single(name, args, { counts = true } = {}) {
  const { code, output, durationMs } = await run(args, { live: false });
  const passed = code === 0;
  if (!passed) process.stdout.write(`\n${output.trim()}\n`);
  if (counts || !passed) results.push({ name, passed: passed ? 1 : 0, failed: passed ? 0 : 1, durationMs });
  announce(name, passed, durationMs);
  return passed;
}

async function unit() {
  const report = join(reports, "unit.json");
  const args = ["node_modules/vitest/vitest.mjs", "run", "--config", "src/testing/vitest.config.ts"];
  const { code, durationMs } = await run([...args, "--reporter=default", "--reporter=json", `--outputFile=${report}`], {
    live: true,
  });
  const said = readReport(report);
  // A file that cannot be loaded or set up has no failed test to count, and still is a failure.
  const broken = (said?.testResults ?? []).filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  const failed = (said?.numFailedTests ?? 0) + broken.length;
  add("unit and integration", said?.numPassedTests ?? 0, failed, said?.numPendingTests ?? 0, code, durationMs);
}

async function browser() {
  if (!existsSync(join(root, "e2e/playwright.config.ts"))) return;
  const report = join(reports, "browser.json");
  const args = ["node_modules/@playwright/test/cli.js", "test", "--config", "e2e/playwright.config.ts"];
  const { code, durationMs } = await run([...args, "--reporter=list,json"], {
    live: true,
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  const said = readReport(report);
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = said?.stats ?? {};
  const outside = unexpected + flaky === 0 ? (said?.errors?.length ?? 0) : 0;
  add("browser", expected, unexpected + flaky + outside, skipped, code, durationMs);
}

function add(name, passed, failed, skipped, code, durationMs) {
  const silent = code !== 0 && failed === 0 ? 1 : 0;
  const note = skipped > 0 ? `${skipped} skipped` : undefined;
  results.push({ name, passed, failed: failed + silent, durationMs, note });
  announce(name, failed + silent === 0, durationMs);
}

function run(args, { live, env = {} }) {
  const begin = performance.now();
  const output = [];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", live ? "inherit" : "pipe", live ? "inherit" : "pipe"],
    detached: true,
  });
  if (child.pid) children.add(child.pid);
  child.stdout?.on("data", (chunk) => output.push(chunk.toString()));
  child.stderr?.on("data", (chunk) => output.push(chunk.toString()));
  return new Promise((resolve) => {
    const done = (code) => {
      children.delete(child.pid);
      resolve({ code, output: output.join(""), durationMs: performance.now() - begin });
    };
    child.once("error", (error) => {
      output.push(error.message);
      done(1);
    });
    child.once("close", done);
  });
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

function announce(name, passed, durationMs) {
  process.stdout.write(`${passed ? "✓" : "✗"} ${name.padEnd(22)} ${(durationMs / 1000).toFixed(1).padStart(6)} s\n`);
}

function endGroup(pid) {
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It is gone already.
  }
}

function finish(list) {
  rmSync(reports, { recursive: true, force: true });
  const sum = (key) => list.reduce((total, result) => total + result[key], 0);
  process.stdout.write("\n");
  for (const { name, passed, failed, durationMs = 0, note } of list) {
    const time = `${(durationMs / 1000).toFixed(1).padStart(6)} s`;
    const remark = note ? `   ${note}` : "";
    process.stdout.write(
      `  ${name.padEnd(22)} ${time} ${String(passed).padStart(6)} passed ${failed} failed${remark}\n`,
    );
  }
  process.stdout.write(
    `  ${"all".padEnd(22)} ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s\n\n`,
  );
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed\n`);
  process.exit(sum("failed") > 0 ? 1 : 0);
}
