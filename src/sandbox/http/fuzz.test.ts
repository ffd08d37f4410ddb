/** Broken requests at every route: Stripe's error shape, no 500, and nothing changed by a refusal. */
import { expect, it } from "vitest";
import { fuzz } from "../testing/fuzz/run";
import { fuzzOptions } from "../testing/start";

const CASES = fuzzOptions.cases ?? 3_000;

it(`answers ${CASES} broken requests in Stripe's shape, never with 500, and refused ones change nothing`, async () => {
  const { missed } = await fuzz(CASES);
  if (CASES >= 2_000) expect(missed).toEqual([]);
}, 240_000);
