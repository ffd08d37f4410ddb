/** Preview equals charge, over 256 quotes in random lives; 4,096 of them in eight catalogs are in quote.deep.test.ts. */
import { expect, it } from "vitest";
import { liveQuoted } from "./quoted-lives";

it("every quote of 256 in random lives moves the money it says", async () => {
  const lived = await liveQuoted({ seed: 55, cases: 256, steps: 12, atOnce: 6 });
  expect(lived.failures).toEqual([]);
  expect(lived.committed).toBeGreaterThanOrEqual(256);
  expect(lived.renewals).toBeGreaterThanOrEqual(10);
  const seen = ["start", "start_trial", "upgrade", "downgrade", "add_seats", "change_interval", "cancel", "pause"];
  expect(Object.keys(lived.actions)).toEqual(expect.arrayContaining([...seen, "unpause", "cancel_scheduled"]));
}, 600_000);
