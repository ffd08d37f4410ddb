/** The fuzz test of the API with more patience: many short lives, each with a seed of its own. */
import { expect, it } from "vitest";
import { fuzz } from "../testing/fuzz/run";

const LIVES = 10;
const CASES = 5_000;

it.each(Array.from({ length: LIVES }, (_, life) => life + 1))(`life %i of ${LIVES}, ${CASES} requests`, async () => {
  expect((await fuzz(CASES)).missed).toEqual([]);
});
