/** What customers do in the portal: changing plans, pausing, staying for an offer, payment methods, billing details. */
import type { Browser } from "playwright";
import type Stripe from "stripe";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { customerWithCard, isoOf, latestInvoice, priceOf, type Stage, startStage } from "../billing/test-stage";
import { launchBrowser } from "../browser/testing/merchant";

let stage: Stage;
let customer: Stripe.Customer;
let small: Stripe.Price;
let large: Stripe.Price;
let subscription: Stripe.Subscription;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
  customer = await customerWithCard(stage);
  small = await priceOf(stage, 1_000, "month", "Small");
  large = await priceOf(stage, 3_000, "month", "Large");
  subscription = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: small.id }] });
});
afterEach(() => stage.close());

const productOf = ({ product }: Stripe.Price) => (typeof product === "string" ? product : product.id);
const itemOf = () => subscription.items.data[0]?.id ?? "";
const now = () => stage.stripe.subscriptions.retrieve(subscription.id);

type Features = Stripe.BillingPortal.ConfigurationCreateParams.Features;
type Flow = Stripe.BillingPortal.SessionCreateParams.FlowData;

async function open(features: Features, flow?: Flow) {
  const { id } = await stage.stripe.billingPortal.configurations.create({ features });
  return stage.stripe.billingPortal.sessions.create({
    customer: customer.id,
    configuration: id,
    ...(flow === undefined ? {} : { flow_data: flow }),
  });
}

const updates = (
  more: Partial<Stripe.BillingPortal.ConfigurationCreateParams.Features.SubscriptionUpdate> = {},
): Features => ({
  subscription_update: {
    enabled: true,
    default_allowed_updates: ["price", "quantity", "promotion_code"],
    products: [
      { product: productOf(small), prices: [small.id], adjustable_quantity: { enabled: true, maximum: 9 } },
      { product: productOf(large), prices: [large.id] },
    ],
    proration_behavior: "always_invoice",
    ...more,
  },
});

const get = async (url: string) => (await fetch(url)).text();
async function press(url: string, fields: Record<string, string>) {
  const reply = await fetch(url, { method: "POST", redirect: "manual", body: new URLSearchParams(fields) });
  return { status: reply.status, to: reply.headers.get("location"), text: await reply.text() };
}

describe("changing a plan", () => {
  it("offers what is configured, says what is due, and charges exactly that", async () => {
    await stage.advanceTo("2026-04-16T00:00:00Z");
    const session = await open(updates());
    const choice = await get(`${session.url}?view=update&subscription=${subscription.id}`);
    expect(choice).toContain("Small, $10.00 every month");
    expect(choice).toContain("Large, $30.00 every month");
    const wanted = { subscription: subscription.id, price: large.id, quantity: "1" };
    const confirm = await get(`${session.url}?${new URLSearchParams({ ...wanted, view: "confirm" })}`);
    expect(confirm).toContain("Due today: <strong>$10.00</strong>");
    expect(await press(session.url, { ...wanted, do: "change_plan" })).toMatchObject({ status: 303 });
    expect((await now()).items.data[0]).toMatchObject({ price: { id: large.id }, quantity: 1 });
    expect((await latestInvoice(stage, subscription.id)).amount_paid).toBe(1_000);
  });

  it("leaves everything as it was when the card is declined, and says so on the page", async () => {
    const failing = await stage.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer: customer.id });
    const settings = { default_payment_method: failing.id };
    await stage.stripe.customers.update(customer.id, { invoice_settings: settings });
    const session = await open(updates());
    const wanted = { view: "confirm", subscription: subscription.id, price: large.id, quantity: "2" };
    const done = await press(session.url, { ...wanted, quantity: "1", do: "change_plan" });
    expect(done.status).toBe(402);
    expect(done.text).toContain("Your card was declined.");
    expect(done.text).toContain("Confirm change");
    expect((await now()).items.data[0]?.price.id).toBe(small.id);
  });

  it("waits for the period's end where a cheaper plan is to, by a schedule", async () => {
    const features = updates({ schedule_at_period_end: { conditions: [{ type: "decreasing_item_amount" }] } });
    const session = await open(features);
    const up = { subscription: subscription.id, price: small.id, quantity: "3" };
    await press(session.url, { ...up, do: "change_plan" });
    expect((await now()).items.data[0]?.quantity).toBe(3);
    const down = { ...up, quantity: "1" };
    expect(await get(`${session.url}?${new URLSearchParams({ ...down, view: "confirm" })}`)).toContain("01 May 2026");
    await press(session.url, { ...down, do: "change_plan" });
    expect((await now()).items.data[0]?.quantity).toBe(3);
    await stage.advanceTo("2026-05-02T00:00:00Z");
    expect((await now()).items.data[0]?.quantity).toBe(1);
  });

  it.each([
    [{ price: "price_other", quantity: "1" }, "This plan is not offered"],
    [{ quantity: "10" }, "at most 9"],
    [{ quantity: "1.5" }, "The quantity must be"],
    [{ quantity: "1", code: "NOTHING" }, "No such promotion code"],
  ])("refuses %j", async (fields, words) => {
    const session = await open(updates());
    const done = await press(session.url, { subscription: subscription.id, ...fields, do: "change_plan" });
    expect(done.status).toBe(400);
    expect(done.text).toContain(words);
    expect((await now()).items.data[0]).toMatchObject({ price: { id: small.id }, quantity: 1 });
  });

  it("confirms a change that the merchant prepared, then leaves", async () => {
    const session = await open(updates(), {
      type: "subscription_update_confirm",
      subscription_update_confirm: { subscription: subscription.id, items: [{ id: itemOf(), price: large.id }] },
      after_completion: { type: "redirect", redirect: { return_url: "https://example.com/bye" } },
    });
    expect(session.flow).toMatchObject({
      type: "subscription_update_confirm",
      subscription_update_confirm: { items: [{ id: itemOf(), price: large.id }], discounts: null },
    });
    expect(await get(session.url)).toContain("Due today: <strong>$20.00</strong>");
    expect(await press(session.url, { do: "change_plan" })).toMatchObject({ to: "https://example.com/bye" });
    expect((await now()).items.data[0]?.price.id).toBe(large.id);
  });

  it("refuses to prepare what the configuration does not list", async () => {
    const other = await priceOf(stage, 500);
    const flow: Flow = {
      type: "subscription_update_confirm",
      subscription_update_confirm: { subscription: subscription.id, items: [{ id: itemOf(), price: other.id }] },
    };
    await expect(open(updates(), flow)).rejects.toMatchObject({ statusCode: 400 });
    const off = { invoice_history: { enabled: true } };
    await expect(open(off, flow)).rejects.toMatchObject({ statusCode: 400, param: "flow_data[type]" });
  });
});

it("stays for an offer, and says that it is done", async () => {
  const coupon = await stage.stripe.coupons.create({ percent_off: 25, duration: "forever", name: "Stay with us" });
  const features: Features = {
    subscription_cancel: { enabled: true, cancellation_reason: { enabled: true, options: ["unused", "other"] } },
  };
  const session = await open(features, {
    type: "subscription_cancel",
    subscription_cancel: {
      subscription: subscription.id,
      retention: { type: "coupon_offer", coupon_offer: { coupon: coupon.id } },
    },
    after_completion: { type: "hosted_confirmation", hosted_confirmation: { custom_message: "Good to have you." } },
  });
  const page = await get(session.url);
  expect(page).toContain("Stay, with 25 % off");
  expect(page).toContain("Not used enough");
  const done = await press(session.url, { do: "accept_offer" });
  expect(await get(`${stage.sandbox.url}${done.to}`)).toContain("Good to have you.");
  expect((await now()).discounts).toHaveLength(1);
  await press(session.url, { do: "cancel", feedback: "unused", comment: "No time" });
  expect(await now()).toMatchObject({
    cancel_at_period_end: false,
    cancellation_details: { feedback: "unused", comment: "No time" },
  });
});

it("pauses for a month, and comes back by itself", async () => {
  const features: Features = {
    subscription_pause: {
      enabled: true,
      duration: { type: "interval_options", interval_options: [{ interval: "month" }] },
    },
  };
  const flow: Flow = { type: "subscription_pause", subscription_pause: { subscription: subscription.id } };
  const session = await open(features, flow);
  expect(await get(session.url)).toContain("1 month");
  expect((await press(session.url, { do: "pause", span: "2 year" })).status).toBe(400);
  expect((await press(session.url, { do: "pause", span: "1 month" })).status).toBe(303);
  expect((await now()).status).toBe("paused");
  await stage.advanceTo("2026-05-01T00:00:01Z");
  expect((await now()).status).toBe("active");
});

it("changes the billing details that may be changed, and no others", async () => {
  const features: Features = { customer_update: { enabled: true, allowed_updates: ["name", "address", "tax_id"] } };
  const session = await open(features, { type: "customer_update" });
  const page = await get(session.url);
  expect(page).toContain('name="line1"');
  expect(page).not.toContain('name="email"');
  await press(session.url, {
    do: "change_details",
    name: "Grace",
    email: "other@example.com",
    line1: "1 Main St",
    city: "Berlin",
    country: "de",
    tax_id_type: "eu_vat",
    tax_id_value: "DE123456789",
  });
  const changed = await stage.stripe.customers.retrieve(customer.id, { expand: ["tax_ids"] });
  expect(changed).toMatchObject({
    name: "Grace",
    email: "ada@example.com",
    address: { line1: "1 Main St", country: "DE", postal_code: null },
    tax_ids: { data: [{ value: "DE123456789" }] },
  });
});

it("keeps what expires and in which language", async () => {
  const session = await stage.stripe.billingPortal.sessions.create({
    customer: customer.id,
    locale: "de",
    after_expiration: { type: "customer_login" },
  });
  expect(session).toMatchObject({ locale: "de", after_expiration: { type: "customer_login", customer_login: null } });
});

describe("payment methods", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("saves a card with 3-D Secure, makes it the default, and removes the old one", async () => {
    const session = await open({ payment_method_update: { enabled: true } });
    const page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(session.url);
    await page.getByRole("button", { name: "Add payment method" }).click();
    const fields = page.frameLocator('iframe[title="Secure payment input frame"]').first();
    const type = async (number: string) => {
      await fields.getByLabel("Card number").fill(number);
      await fields.getByLabel("Expiration date").fill("12 / 34");
      await fields.getByLabel("Security code").fill("123");
      const postalCode = fields.getByLabel("ZIP code");
      if (await postalCode.isVisible()) await postalCode.fill("94103");
      await page.getByRole("button", { name: "Save payment method" }).click();
    };
    await type("4000000000000002");
    await page.getByText("Your card was declined.").waitFor();
    await type("4000002500003155");
    const dialog = page.frameLocator('iframe[title="3D Secure 2 Test Page"]');
    await dialog.getByRole("button", { name: "Complete" }).click();
    await page.getByText("ending in 3155").waitFor();
    await page.getByRole("button", { name: /Remove visa ending in 4242/ }).click();
    await page.getByText("ending in 4242").waitFor({ state: "detached" });
    await page.close();
    const methods = await stage.stripe.customers.listPaymentMethods(customer.id);
    expect(methods.data.map(({ card }) => card?.last4)).toEqual(["3155"]);
    const settled = await stage.stripe.customers.retrieve(customer.id);
    expect(settled).toMatchObject({ invoice_settings: { default_payment_method: methods.data[0]?.id } });
    expect(isoOf((await now()).items.data[0]?.current_period_end)).toBe("2026-05-01T00:00");
  });
});
