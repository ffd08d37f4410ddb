/** What pages ask for is remembered under what they asked. */
import { expect, it } from "vitest";
import { makeQueryClient } from "./query-client";

it("remembers answers by amounts, which are bigints", () => {
  const client = makeQueryClient();
  const asked = (amountMinor: unknown) => [["payments", "previewRefund"], { input: { tenant: "a", amountMinor } }];
  client.setQueryData(asked(8_000n), "eighty");
  expect(client.getQueryData(asked(8_000n))).toBe("eighty");
  expect(client.getQueryData(asked(8_001n))).toBeUndefined();
  expect(client.getQueryData(asked("8000"))).toBeUndefined();
});

it("does not mind the order of what was asked", () => {
  const client = makeQueryClient();
  client.setQueryData([{ amountMinor: 1n, tenant: "a" }], "one");
  expect(client.getQueryData([{ tenant: "a", amountMinor: 1n }])).toBe("one");
});
