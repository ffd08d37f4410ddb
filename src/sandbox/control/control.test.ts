/** The controls and the forms of the face under broken input: words, never a 500. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestSandbox, type TestSandbox } from "../testing/start";

const CASES = 400;
let test: TestSandbox;
let ids: string[];

beforeAll(async () => {
  test = await startTestSandbox();
  const { stripe } = test;
  const customer = await stripe.customers.create();
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_767_225_600 });
  const endpoint = await stripe.webhookEndpoints.create({
    url: "http://127.0.0.1:1/",
    enabled_events: ["payout.paid"],
  });
  ids = ["default", "none_1", "%zz", "..", customer.id, clock.id, endpoint.id];
});
afterAll(() => test.close());

const places = [
  "/_sandbox/clocks/*/advance",
  "/_sandbox/clocks/*/join-default",
  "/_sandbox/clocks/default/set",
  "/_sandbox/deliveries/*/replay",
  "/_sandbox/endpoints/*/rotate-secret",
  "/_sandbox/endpoints/*/chaos",
  "/_sandbox/customers/*/next-payment",
  "/_sandbox/authenticate",
  "/dashboard/clocks/*/advance",
  "/dashboard/customers/*/next-payment",
  "/dashboard/webhooks/*/chaos",
  "/dashboard/webhooks/*/rotate-secret",
  "/dashboard/deliveries/*/replay",
];
const names = [
  "to",
  "toNextDue",
  "limit",
  "now",
  "expiresInSeconds",
  "outcome",
  "drop",
  "seed",
  "delayMs",
  "client_secret",
  "step",
];
const value = fc.oneof(
  fc.constantFrom<unknown>(
    true,
    false,
    null,
    -1,
    0,
    0.5,
    1,
    2,
    1e20,
    "",
    "1",
    "day",
    "next",
    "succeed",
    [],
    {},
    "\u0000",
  ),
  fc.integer(),
  fc.string({ maxLength: 20 }),
);
const body = fc.oneof(
  { weight: 8, arbitrary: fc.dictionary(fc.constantFrom(...names), value).map((entries) => JSON.stringify(entries)) },
  { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...names), value).map((entries) => form(entries)) },
  { weight: 1, arbitrary: fc.string() },
);

const form = (entries: Record<string, unknown>) =>
  new URLSearchParams(Object.entries(entries).map(([name, entry]) => [name, String(entry)])).toString();

it(`answers ${CASES} broken controls without a 500`, async () => {
  const seed = Date.now() % 2 ** 31;
  process.stdout.write(`fast-check seed of the controls: ${seed}\n`);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.nat(), body, async (place, at, text) => {
      const path = place.replace("*", ids[at % ids.length] ?? "");
      const reply = await fetch(test.sandbox.url + path, { method: "POST", body: text, redirect: "manual" });
      expect([path, [200, 303, 400, 403, 404].includes(reply.status) ? "told" : reply.status]).toEqual([path, "told"]);
      expect(await reply.text()).not.toContain("at Object.");
    }),
    { numRuns: CASES, seed, endOnFailure: true },
  );
  expect(test.failures).toEqual([]);
});
