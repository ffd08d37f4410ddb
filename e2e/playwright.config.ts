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
  // Its flags are made for one page in a function of a few seconds; one process for all pages falls with any of them.
  const args = packaged.args.filter((flag) => !["--single-process", "--no-zygote"].includes(flag));
  return { launchOptions: { executablePath: await packaged.executablePath(), args } };
}

const chromium = { ...devices["Desktop Chrome"], ...(await browser()) };

/** Journeys walk through time, and all specs share one clock: so one worker, and no spec may repeat itself. */
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
    baseURL: process.env.QUITTANCE_E2E_URL,
    locale: "en-US",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
  projects: [
    { name: "portal", testDir: "./portal", use: chromium },
    { name: "admin", testDir: "./admin", use: chromium },
    { name: "journeys", testDir: "./journeys", use: chromium },
  ],
});
