import { platform } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig, devices } from "@playwright/test";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * A Chromium to drive: the one CHROMIUM_PATH names, else the one npm delivers for Linux, else an installed Chrome.
 */
async function browser() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return { launchOptions: { executablePath: named } };
  if (platform() !== "linux") return { channel: "chrome" };
  const { default: packaged } = await import("@sparticuz/chromium");
  packaged.setGraphicsMode = false;
  // Not the flags it brings: they turn off the separation of origins on which Stripe's frames rest.
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  return { launchOptions: { executablePath: await packaged.executablePath(), args } };
}

const chromium = { ...devices["Desktop Chrome"], ...(await browser()) };

/**
 * Journeys walk through time, and all specs share one clock: so one worker. The main job goes first, because what its
 * operator reads is the revenue of an installation that nobody else has used.
 */
export default defineConfig({
  testDir: ".",
  outputDir: `${root}test-results`,
  globalSetup: "./global-setup.ts",
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: {
    locale: "en-US",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
  projects: [
    { name: "main-job", testDir: "./journeys", testMatch: "main-job.spec.ts", use: chromium },
    { name: "portal", testDir: "./portal", use: chromium },
    { name: "admin", testDir: "./admin", use: chromium },
    { name: "journeys", testDir: "./journeys", testIgnore: "main-job.spec.ts", use: chromium },
  ],
});
