/** Preview equals charge, over 4,096 quotes in random lives of eight catalogs; a few minutes. */
import { expect, it } from "vitest";
import { liveQuoted } from "@/testing/lifecycle/quoted-lives";

const SEEDS = [1, 2, 3, 5, 8, 13, 21, 34];

it.each(SEEDS)("every quote of 512 in random lives moves the money it says (seed %i)", async (seed) => {
  const lived = await liveQuoted({ seed, cases: 512, steps: 12, atOnce: 6 });
  expect(lived.failures).toEqual([]);
  expect(lived.committed).toBeGreaterThanOrEqual(512);
});
