/** Broken and odd requests at every billing endpoint: Stripe's error shape, never a 500, and nothing changed by a refusal. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { routes } from "../routes";
import { customerWithCard, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
const known: string[] = [];
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
  const customer = await customerWithCard(stage);
  const [price, other] = [await priceOf(stage, 1_000), await priceOf(stage, 500, "year")];
  const rate = await taxRateOf(stage, 8);
  const coupon = await stage.stripe.coupons.create({ percent_off: 10 });
  const draft = await stage.stripe.invoices.create({ customer: customer.id });
  const item = await stage.stripe.invoiceItems.create({ customer: customer.id, amount: 900, currency: "usd" });
  const { id, items } = await stage.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
  });
  known.push(customer.id, price.id, other.id, rate.id, coupon.id, draft.id ?? "", item.id, id, items.data[0]?.id ?? "");
});
afterAll(() => stage.close());

const billing = /subscription|invoice|coupon|promotion/;
const served = routes.filter((route) => billing.test(route.pattern));

const leaf = () =>
  fc.oneof(
    fc.constantFrom(
      "",
      "true",
      "now",
      "min_period_end",
      "usd",
      "once",
      "always_invoice",
      "none",
      "error_if_incomplete",
    ),
    fc.constantFrom(
      "0",
      "1",
      "-1",
      "3",
      "999999999",
      "9007199254740993",
      "1e9",
      "0.5",
      "1775001600",
      "1776000000",
      "253402300799",
    ),
    fc.nat({ max: 8 }).map((index) => known[index] ?? "cus_none"),
    fc.string({ maxLength: 12 }),
  );
const suffix = fc.constantFrom(
  "",
  "",
  "[0]",
  "[0][price]",
  "[0][id]",
  "[0][quantity]",
  "[0][amount]",
  "[type]",
  "[start]",
  "[end]",
  "[a]",
  "[]",
);
const nested = fc.constantFrom(
  "items",
  "lines",
  "invoice_items",
  "subscription_details",
  "period",
  "discounts",
  "metadata",
);

it("answers every request without failing, and a refused one leaves no trace", async () => {
  const request = fc.record({
    route: fc.nat({ max: served.length - 1 }),
    id: leaf(),
    pairs: fc.array(fc.tuple(fc.option(nested, { freq: 2 }), fc.nat(), suffix, leaf()), { maxLength: 6 }),
  });
  let accepted = 0;
  const seed = Date.now() % 2 ** 31;
  process.stdout.write(`fast-check seed of billing: ${seed}\n`);
  await fc.assert(
    fc.asyncProperty(request, async ({ route: index, id, pairs }) => {
      const route = served[index];
      if (!route) return;
      const names = Object.keys(route.accepts);
      const required = names.filter((name) => route.accepts[name]?.isRequired === true);
      const filled = required.map((name) => `${name}=${known[0] ?? ""}`);
      const form = pairs.map(([prefix, name, tail, value]) => {
        const key = prefix ?? names[name % Math.max(1, names.length)] ?? "x";
        return `${key}${tail}=${encodeURIComponent(value)}`;
      });
      const body = [...filled, ...form].join("&");
      const path = route.pattern.replace(/:\w+/, encodeURIComponent(id) || "x");
      const before = stage.sandbox.store.size("event") + stage.sandbox.store.size("invoiceitem");
      const isPost = route.method === "POST";
      const response = await fetch(`${stage.sandbox.url}${path}${isPost ? "" : `?${body}`}`, {
        method: route.method,
        headers: { authorization: "Bearer sk_test_fuzz", "content-type": "application/x-www-form-urlencoded" },
        ...(isPost ? { body } : {}),
      });
      const reply = (await response.json()) as { error?: { type: string; message: string } };
      expect(response.status, `${route.method} ${path} ${body}: ${JSON.stringify(reply)}`).not.toBe(500);
      if (response.ok) {
        accepted += 1;
        return;
      }
      expect(reply.error?.message).toBeTruthy();
      // A declined card (402) has happened; every other refusal must not have.
      if (response.status !== 402) {
        expect(stage.sandbox.store.size("event") + stage.sandbox.store.size("invoiceitem"), `${path} ${body}`).toBe(
          before,
        );
      }
    }),
    { numRuns: 1_500, seed },
  );
  expect(accepted).toBeGreaterThan(20);
});
