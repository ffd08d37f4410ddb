/** Checkout sessions: what their page does, over HTTP and in a browser, and what is left when it is done. */
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { customerWithCard, priceOf, type Stage, startStage } from "../billing/test-stage";
import { launchBrowser } from "../browser/testing/merchant";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

const urls = { success_url: "http://127.0.0.1:9/done?id={CHECKOUT_SESSION_ID}", cancel_url: "http://127.0.0.1:9/back" };

async function step(id: string, name: "begin" | "finish", email = "ada@example.com") {
  const url = `${stage.sandbox.url}/_sandbox/checkout/${id}/${name}`;
  const response = await fetch(url, { method: "POST", body: new URLSearchParams({ email, name: "Ada" }) });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

describe("a session", () => {
  it("pays once, and completes only when it is paid", async () => {
    const price = await stage.stripe.prices.create({
      currency: "usd",
      unit_amount: 700,
      product_data: { name: "Hat" },
    });
    const session = await stage.stripe.checkout.sessions.create({
      ...urls,
      mode: "payment",
      line_items: [{ price: price.id, quantity: 2 }],
      metadata: { order: "7" },
    });
    expect(session).toMatchObject({ status: "open", payment_status: "unpaid", amount_total: 1_400, customer: null });
    expect(session.url).toBe(`${stage.sandbox.url}/_sandbox/checkout/${session.id}`);
    const lines = await stage.stripe.checkout.sessions.listLineItems(session.id);
    expect(lines.data.map((line) => [line.description, line.quantity, line.amount_total])).toEqual([["Hat", 2, 1_400]]);
    expect((await step(session.id, "begin", "nobody")).status).toBe(400);
    const { body } = await step(session.id, "begin");
    expect((await step(session.id, "begin")).body).toEqual(body);
    expect((await step(session.id, "finish")).status).toBe(400);
    const intent = body.clientSecret?.split("_secret_")[0] ?? "";
    const refused = stage.stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_chargeDeclined" });
    await expect(refused).rejects.toMatchObject({ statusCode: 402 });
    await stage.stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_visa" });
    await stage.events();
    expect((await step(session.id, "finish")).body).toEqual({ returnTo: `http://127.0.0.1:9/done?id=${session.id}` });
    expect(await stage.events("checkout")).toEqual(["checkout.session.completed"]);
    const done = await stage.stripe.checkout.sessions.retrieve(session.id, {
      expand: ["payment_intent", "line_items"],
    });
    expect(done).toMatchObject({
      status: "complete",
      payment_status: "paid",
      url: null,
      customer_details: { email: "ada@example.com" },
      payment_intent: { id: intent, status: "succeeded" },
      line_items: { data: [{ amount_total: 1_400 }] },
    });
    await expect(stage.stripe.checkout.sessions.expire(session.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it("saves a card for a customer", async () => {
    const customer = await customerWithCard(stage, null);
    const session = await stage.stripe.checkout.sessions.create({
      ...urls,
      mode: "setup",
      currency: "usd",
      customer: customer.id,
    });
    const { body } = await step(session.id, "begin");
    expect(body.kind).toBe("setup_intent");
    const intent = body.clientSecret?.split("_secret_")[0] ?? "";
    await stage.stripe.setupIntents.confirm(intent, { payment_method: "pm_card_visa" });
    await step(session.id, "finish");
    expect((await stage.stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(1);
    expect(await stage.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: "complete",
      payment_status: "no_payment_required",
      setup_intent: intent,
    });
  });

  it("expires on request, and by itself after a day", async () => {
    const open = () => stage.stripe.checkout.sessions.create({ ...urls, mode: "setup", currency: "usd" });
    const [first, second] = [await open(), await open()];
    expect(await stage.stripe.checkout.sessions.expire(first.id)).toMatchObject({ status: "expired", url: null });
    await stage.advanceTo("2026-04-02T00:00:00Z");
    expect((await stage.stripe.checkout.sessions.retrieve(second.id)).status).toBe("expired");
    expect(await stage.events("checkout")).toEqual(["checkout.session.expired", "checkout.session.expired"]);
    expect((await step(second.id, "begin")).status).toBe(400);
    const { data } = await stage.stripe.checkout.sessions.list({ status: "expired" });
    expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  it.each([
    [{ mode: "payment" as const }, "success_url"],
    [{ mode: "payment" as const, ...urls }, "line_items"],
    [{ mode: "setup" as const, ...urls }, "currency"],
    [{ mode: "setup" as const, ...urls, success_url: "done" }, "success_url"],
  ])("refuses %j", async (params, param) => {
    await expect(stage.stripe.checkout.sessions.create(params)).rejects.toMatchObject({ statusCode: 400, param });
  });

  it("says plainly what it does not do", async () => {
    const shipped = {
      ...urls,
      mode: "setup" as const,
      currency: "usd",
      shipping_options: [{ shipping_rate: "shr_1" }],
    };
    await expect(stage.stripe.checkout.sessions.create(shipped)).rejects.toMatchObject({ statusCode: 501 });
  });
});

describe("the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it.each([
    ["4242424242424242", null, 3_000],
    ["4000002500003155", "Complete", 3_000],
    ["4242424242424242", null, 0],
  ])("subscribes with %s", async (card, challenge, due) => {
    const price = await priceOf(stage, 3_000);
    const session = await stage.stripe.checkout.sessions.create({
      ...urls,
      mode: "subscription",
      line_items: [{ price: price.id, quantity: 1 }],
      subscription_data: { metadata: { plan: "pro" }, ...(due === 0 ? { trial_period_days: 7 } : {}) },
    });
    expect(session.amount_total).toBe(due);
    const page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    await page.route("http://127.0.0.1:9/**", (route) => route.fulfill({ body: "done" }));
    await page.goto(session.url ?? "");
    await page.getByLabel("Email").fill("ada@example.com");
    await page.getByLabel("Name").fill("Ada");
    const fields = page.frameLocator('iframe[title="Secure payment input frame"]');
    await fields.getByLabel("Card number").fill(card);
    await fields.getByLabel("Expiration date").fill("12 / 34");
    await fields.getByLabel("Security code").fill("123");
    const postalCode = fields.getByLabel("ZIP code");
    if (await postalCode.isVisible()) await postalCode.fill("94103");
    await page.getByRole("button", { name: due === 0 ? "Save card" : "Pay" }).click();
    if (challenge !== null) {
      const dialog = page.frameLocator('iframe[title="3D Secure 2 Test Page"]');
      await dialog.getByRole("button", { name: challenge }).click();
    }
    await page.waitForURL(`http://127.0.0.1:9/done?id=${session.id}`);
    await page.close();
    const done = await stage.stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription"] });
    expect(done).toMatchObject({
      status: "complete",
      payment_status: due === 0 ? "no_payment_required" : "paid",
      subscription: { status: due === 0 ? "trialing" : "active", metadata: { plan: "pro" } },
    });
    const { subscription } = done;
    if (subscription === null || typeof subscription === "string") throw new Error("the subscription is not expanded");
    expect(subscription.default_payment_method).toMatch(/^pm_/);
  });
});
