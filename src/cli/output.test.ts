/** What a script reads of a command that failed. */
import { afterEach, expect, it, vi } from "vitest";
import { BillingError } from "@/billing/kernel/errors";
import { CommandProblem, fail } from "./output";

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

function failed(error: unknown): unknown {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  fail(error, true);
  expect(process.exitCode).toBe(1);
  return JSON.parse(String(write.mock.calls[0]?.[0]));
}

it("has the places of what is wrong apart from the sentence about it", () => {
  const details = { "plans[0].annualPrice": "has more digits than usd keeps" };
  const error = new BillingError("invalid", "catalog.invalid", "The catalog is not applied.", { details });
  expect(failed(error)).toEqual({
    error: { code: "catalog.invalid", message: "The catalog is not applied.", details },
  });
});

it("says of a problem at the terminal what it is", () => {
  expect(failed(new CommandProblem("Say why with --reason."))).toEqual({
    error: { code: "cli.problem", message: "Say why with --reason.", details: {} },
  });
});
