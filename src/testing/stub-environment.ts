/** Settings of the process for a suite that opens the product as a process does. */
import { afterAll, beforeAll, vi } from "vitest";
import { forgetEnvironment } from "@/env";

/**
 * Sets variables for all cases of the suite that calls this. The settings are read anew before and after it, because
 * suites share a process, and the settings of the last one would lead to a database that is gone.
 */
export function stubEnvironment(variables: () => Record<string, string>): void {
  beforeAll(() => {
    for (const [name, value] of Object.entries(variables())) vi.stubEnv(name, value);
    forgetEnvironment();
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    forgetEnvironment();
  });
}
