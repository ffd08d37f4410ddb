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

/**
 * Two workers, each with an installation and a clock of its own; the specs of one file follow each other in one of them.
 */
export default defineConfig({
  testDir: ".",
  outputDir: `${root}test-results`,
  globalSetup: "./global-setup.ts",
  workers: 2,
  retries: 0,
  // What is awaited has a limit of its own; this one only ends a journey that never would.
  timeout: 240_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    ...(await browser()),
    locale: "en-US",
    timezoneId: "UTC",
    // Both cores are busy with the product; nothing here is about what moves, nor about a film of it.
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    trace: { mode: "retain-on-failure", screenshots: false },
  },
});
