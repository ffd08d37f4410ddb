import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { routes } from "../routes";
import { collectionNames } from "../store/collections";
import { call, startTestSandbox, type TestSandbox } from "../testing/start";
import { StripeError } from "./errors";
import type { Kind } from "./params";
import type { Route } from "./route";

const CASES = 2_000;
const START = 1_767_225_600;

let test: TestSandbox;
let ids: string[] = [];

beforeAll(async () => {
  test = await startTestSandbox({ clockStart: START });
  await populate();
  ids = collectionNames.flatMap((kind) => [...test.sandbox.store.records(kind)].map(({ id }) => id));
});
afterAll(() => test.close());

/** One of everything, so that ids can hit. */
async function populate(): Promise<void> {
  const { stripe } = test;
  const recurring = { interval: "month" } as const;
  const price = await stripe.prices.create({
    currency: "usd",
    unit_amount: 2900,
    recurring,
    product_data: { name: "P" },
  });
  await stripe.taxRates.create({ display_name: "Tax", inclusive: false, percentage: 8 });
  await stripe.testHelpers.testClocks.create({ frozen_time: START });
  const customer = await stripe.customers.create({ payment_method: "pm_card_visa" });
  const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
  const items = [{ price: price.id }];
  await stripe.subscriptions.create({ customer: customer.id, items, default_payment_method: method?.id ?? "" });
  await stripe.subscriptions.create({ customer: customer.id, items, payment_behavior: "default_incomplete" });
  await stripe.invoiceItems.create({ customer: customer.id, amount: 100, currency: "usd" });
  await stripe.invoices.create({ customer: customer.id });
  await stripe.paymentIntents.create({ amount: 500, currency: "usd", customer: customer.id });
  await stripe.setupIntents.create({ customer: customer.id });
}

const oddValues = [
  "",
  "true",
  "0",
  "1",
  "-1",
  "5",
  "1.5",
  "abc",
  "usd",
  "now",
  "none",
  "month",
  "null",
  "é😀",
  "x".repeat(600),
];
const oddValue = fc.oneof(fc.constantFrom(...oddValues, String(START + 86_400)), fc.integer().map(String), fc.string());
const oddName = fc.constantFrom(
  "price",
  "quantity",
  "id",
  "0",
  "a",
  "__proto__",
  "constructor",
  "amount",
  "][",
  "interval",
);

/** An id for a path: mostly one of the resource's own objects, sometimes anything. */
function pathId(pattern: string, at: number): string {
  const segments = pattern.split("/");
  const name = (segments[2] === "test_helpers" ? segments[3] : segments[2]) ?? "";
  const kind = collectionNames.find((one) => `${one}s` === name);
  const own = kind === undefined ? [] : [...test.sandbox.store.records(kind)].map(({ id }) => id);
  const choice = own.length > 0 && at % 5 !== 0 ? own : ids;
  return choice[at % choice.length] ?? "none";
}

/** How a parameter has to be written for its kind: plain, as a hash, or as a list. */
function shapeOf(kind: Kind<unknown>): "plain" | "hash" | "list" {
  try {
    kind.decode("?", "p");
  } catch (error) {
    if (error instanceof StripeError && error.body.code === "parameter_invalid_hash") return "hash";
    if (error instanceof StripeError && error.body.code === "parameter_invalid_array") return "list";
  }
  return "plain";
}

function parameterOf(route: Route): fc.Arbitrary<string> {
  const entries = Object.entries(route.accepts);
  const known = entries.map(([name, kind]) =>
    fc
      .tuple(
        oddName,
        fc.oneof(
          oddValue,
          fc.nat().map((at) => ids[at % ids.length] ?? ""),
        ),
      )
      .map(([inner, value]) => {
        const suffix = { plain: "", hash: `[${inner}]`, list: inner === "0" ? "[0]" : `[0][${inner}]` }[shapeOf(kind)];
        return `${name}${suffix}=${encodeURIComponent(value)}`;
      }),
  );
  const unknown = fc.tuple(oddName, oddValue).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return known.length === 0
    ? unknown
    : fc.oneof({ weight: 20, arbitrary: fc.oneof(...known) }, { weight: 1, arbitrary: unknown });
}

const request = fc.nat().chain((at) => {
  const route = routes[at % routes.length];
  if (route === undefined) throw new Error("There are no routes.");
  return fc.record({
    route: fc.constant(route),
    id: fc.nat(),
    parameters: fc.array(parameterOf(route), { maxLength: 5 }),
    tail: fc.constantFrom("", "", "", "&expand[]=customer", "&expand[]=data.customer", "&=", "&a[", "&%zz=1"),
  });
});

it(`answers ${CASES} broken requests in Stripe's shape, never with 500, and refused ones change nothing`, async () => {
  const seed = Date.now() % 2 ** 31;
  process.stdout.write(`fast-check seed of the API: ${seed}\n`);
  const size = () => collectionNames.map((kind) => test.sandbox.store.size(kind)).join();
  await fc.assert(
    fc.asyncProperty(request, async ({ route, id, parameters, tail }) => {
      const path = route.pattern.replace(/:\w+/g, () => encodeURIComponent(pathId(route.pattern, id)));
      const text = `${parameters.join("&")}${tail}`;
      const before = size();
      const reply =
        route.method === "POST"
          ? await call(test.sandbox.url, path, { body: text })
          : await call(test.sandbox.url, `${path}?${text}`, { method: route.method });
      expect(test.failures).toEqual([]);
      expect([200, 400, 402, 404, 501]).toContain(reply.status);
      if (reply.status === 200) return;
      expect(reply.body.error).toMatchObject({ type: expect.any(String), message: expect.any(String) });
      // A declined card is a refusal that has happened.
      if (reply.status !== 402) expect(size()).toBe(before);
    }),
    { numRuns: CASES, seed, endOnFailure: true },
  );
});
