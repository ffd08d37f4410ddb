/** The customer portal: configurations, sessions, and what its page lets a customer do. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { customerWithCard, isoOf, priceOf, type Stage, startStage } from "../billing/test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

async function subscribed() {
  const customer = await customerWithCard(stage);
  const price = await priceOf(stage, 1_000, "month", "Tea & cake");
  const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  return { customer: customer.id, id, price };
}

const press = (url: string, subscription: string, action: string) =>
  fetch(url, { method: "POST", redirect: "manual", body: new URLSearchParams({ subscription, do: action }) });

it("keeps configurations, and changes only what is given", async () => {
  const { price } = await subscribed();
  await stage.events();
  const product = typeof price.product === "string" ? price.product : price.product.id;
  const configuration = await stage.stripe.billingPortal.configurations.create({
    name: "Plain",
    default_return_url: "https://example.com/account",
    features: {
      subscription_cancel: { enabled: true, mode: "immediately", proration_behavior: "always_invoice" },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price"],
        products: [{ product, prices: [price.id] }],
      },
    },
  });
  expect(configuration).toMatchObject({
    active: true,
    is_default: false,
    features: { invoice_history: { enabled: false } },
  });
  expect(configuration.features.subscription_update.products).toBeUndefined();
  const changed = await stage.stripe.billingPortal.configurations.update(configuration.id, {
    features: { invoice_history: { enabled: true }, subscription_cancel: { mode: "at_period_end" } },
    expand: ["features.subscription_update.products"],
  });
  expect(changed.features).toMatchObject({
    invoice_history: { enabled: true },
    subscription_cancel: { enabled: true, mode: "at_period_end", proration_behavior: "always_invoice" },
    subscription_update: { products: [{ product, prices: [price.id], adjustable_quantity: { minimum: 1 } }] },
  });
  expect(await stage.events("billing_portal")).toEqual([
    "billing_portal.configuration.created",
    "billing_portal.configuration.updated",
  ]);
  const { data } = await stage.stripe.billingPortal.configurations.list({ is_default: false });
  expect(data.map(({ id }) => id)).toEqual([configuration.id]);
  expect((await stage.stripe.billingPortal.configurations.retrieve(configuration.id)).name).toBe("Plain");
});

it("shows a customer's own things, ends a subscription with its period, and takes that back", async () => {
  const { customer, id } = await subscribed();
  const other = await subscribed();
  const session = await stage.stripe.billingPortal.sessions.create({ customer, return_url: "https://example.com/" });
  const page = await (await fetch(session.url)).text();
  expect(page).toContain("Tea &amp; cake: active");
  expect(page).toContain("$10.00");
  expect(page).not.toContain(other.id);
  expect((await press(session.url, id, "cancel")).status).toBe(303);
  const ending = await stage.stripe.subscriptions.retrieve(id);
  expect(ending).toMatchObject({ status: "active", cancel_at_period_end: false });
  expect(isoOf(ending.cancel_at)).toBe("2026-05-01T00:00");
  expect(await (await fetch(session.url)).text()).toContain("ends 01 May 2026");
  await press(session.url, id, "keep");
  expect((await stage.stripe.subscriptions.retrieve(id)).cancel_at).toBeNull();
  expect((await press(session.url, other.id, "cancel")).status).toBe(400);
  expect((await stage.stripe.subscriptions.retrieve(other.id)).cancel_at).toBeNull();
});

it("cancels at once where that is configured, and goes where the flow says", async () => {
  const { customer, id } = await subscribed();
  const configuration = await stage.stripe.billingPortal.configurations.create({
    features: { subscription_cancel: { enabled: true, mode: "immediately", proration_behavior: "always_invoice" } },
  });
  await stage.advanceTo("2026-04-16T00:00:00Z");
  const session = await stage.stripe.billingPortal.sessions.create({
    customer,
    configuration: configuration.id,
    flow_data: {
      type: "subscription_cancel",
      subscription_cancel: { subscription: id },
      after_completion: { type: "redirect", redirect: { return_url: "https://example.com/bye" } },
    },
  });
  const done = await press(session.url, id, "cancel");
  expect(done.headers.get("location")).toBe("https://example.com/bye");
  expect((await stage.stripe.subscriptions.retrieve(id)).status).toBe("canceled");
  expect((await stage.stripe.invoices.list({ subscription: id })).data[0]?.total).toBe(-500);
});

it("refuses what a configuration does not allow", async () => {
  const { customer, id } = await subscribed();
  const closed = await stage.stripe.billingPortal.configurations.create({ features: {} }).catch(() => null);
  expect(closed).toBeNull();
  const configuration = await stage.stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  });
  const session = await stage.stripe.billingPortal.sessions.create({ customer, configuration: configuration.id });
  expect((await press(session.url, id, "cancel")).status).toBe(400);
  const flow_data = { type: "payment_method_update" } as const;
  await expect(
    stage.stripe.billingPortal.sessions.create({ customer, configuration: configuration.id, flow_data }),
  ).rejects.toMatchObject({ statusCode: 400, param: "flow_data[type]" });
  await stage.stripe.billingPortal.configurations.update(configuration.id, { active: false });
  await expect(
    stage.stripe.billingPortal.sessions.create({ customer, configuration: configuration.id }),
  ).rejects.toMatchObject({ statusCode: 400, param: "configuration" });
});
