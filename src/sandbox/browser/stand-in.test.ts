/**
 * The stand-in in a real browser, under the official React components in StrictMode, against the real sandbox: what people
 * type, what the page gets to know, and what the sandbox holds afterwards.
 */
import type { Browser, BrowserContext } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../server";
import { CheckoutPage, goodCard } from "./testing/checkout-page";
import { launchBrowser, type Merchant, postAsServer, startMerchant } from "./testing/merchant";

let sandbox: Sandbox;
let merchant: Merchant;
let browser: Browser;
let context: BrowserContext | undefined;
let checkout: CheckoutPage;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  merchant = await startMerchant(sandbox.url);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await merchant?.close();
  await sandbox?.close();
});

afterEach(async () => {
  await context?.close();
  context = undefined;
});

async function open(query: Record<string, string>): Promise<CheckoutPage> {
  context = await browser.newContext({ locale: "en-US", viewport: { width: 800, height: 900 } });
  checkout = new CheckoutPage(await context.newPage(), merchant);
  await checkout.open(query);
  return checkout;
}

const payment = () => postAsServer(sandbox.url, "/v1/payment_intents", { amount: "1334", currency: "usd" });
const setup = () => postAsServer(sandbox.url, "/v1/setup_intents", {});
const paymentIntent = (id: string) => sandbox.store.find("payment_intent", id);
const setupIntent = (id: string) => sandbox.store.find("setup_intent", id);

describe("confirming a payment", () => {
  it("charges a good card", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    expect(await checkout.result()).toMatchObject({ paymentIntent: { id: intent.id, status: "succeeded" } });
    expect(paymentIntent(intent.id)?.amount_received).toBe(1334);
    expect(checkout.errors).toEqual([]);
  });

  it("hands on a decline, and pays from the same form with another card", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    await checkout.fillCard("4000000000009995");
    await checkout.pay();
    const { error } = await checkout.result();
    expect(error).toMatchObject({ type: "card_error", code: "card_declined", decline_code: "insufficient_funds" });
    expect(error?.payment_intent).toMatchObject({ id: intent.id, status: "requires_payment_method" });
    expect(await checkout.fields.getByLabel("Card number").inputValue()).toBe("4000 0000 0000 9995");
    expect(await checkout.fields.getByLabel("Security code").inputValue()).toBe("123");

    await checkout.fields.getByLabel("Card number").fill(goodCard);
    await checkout.pay();
    await expect.poll(() => paymentIntent(intent.id)?.status).toBe("succeeded");
  });

  it("returns to the return_url when redirects are on", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret, redirect: "always" });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    await checkout.page.waitForURL("**/done?**");
    const { searchParams } = new URL(checkout.page.url());
    expect(Object.fromEntries(searchParams)).toEqual({
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: "succeeded",
    });
  });

  it("attaches the billing address of an address element and does not ask for it twice", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret, show: "both", address: "1" });
    await checkout.fillAddress();
    expect(await checkout.fields.getByLabel("Country or region").isVisible()).toBe(false);
    await checkout.fillCard(goodCard);
    await checkout.pay();
    await checkout.result();
    const method = String(paymentIntent(intent.id)?.payment_method);
    expect(sandbox.store.find("payment_method", method)?.billing_details).toMatchObject({
      name: "Ada Lovelace",
      address: { line1: "1 Analytical Way", city: "San Francisco", state: "CA", postal_code: "94103", country: "US" },
    });
  });
});

describe("confirming a setup", () => {
  it("saves a good card", async () => {
    const intent = await setup();
    await open({ secret: intent.client_secret });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    expect(await checkout.result()).toMatchObject({ setupIntent: { id: intent.id, status: "succeeded" } });
  });

  it("hands on a decline", async () => {
    const intent = await setup();
    await open({ secret: intent.client_secret });
    await checkout.fillCard("4000000000000002");
    await checkout.pay();
    const { error } = await checkout.result();
    expect(error).toMatchObject({ type: "card_error", code: "card_declined", decline_code: "generic_decline" });
    expect(error?.setup_intent).toMatchObject({ id: intent.id, status: "requires_payment_method" });
  });
});

describe("3-D Secure", () => {
  it.each([
    ["payment", payment, paymentIntent],
    ["setup", setup, setupIntent],
  ] as const)("completes a %s in the overlay", async (_kind, create, find) => {
    const intent = await create();
    await open({ secret: intent.client_secret });
    await checkout.fillCard("4000002500003155");
    await checkout.pay();
    await checkout.challenge.getByRole("button", { name: "Complete" }).click();
    const { error } = await checkout.result();
    expect(error).toBeUndefined();
    expect(find(intent.id)?.status).toBe("succeeded");
    expect(await checkout.page.getByRole("dialog").count()).toBe(0);
  });

  it.each([
    ["payment", payment],
    ["setup", setup],
  ] as const)("fails a %s in the overlay and keeps the form", async (kind, create) => {
    const intent = await create();
    await open({ secret: intent.client_secret });
    await checkout.fillCard("4000002500003155");
    await checkout.pay();
    await checkout.challenge.getByRole("button", { name: "Fail" }).click();
    const { error } = await checkout.result();
    expect(error).toMatchObject({ type: "invalid_request_error", code: `${kind}_intent_authentication_failure` });
    expect(await checkout.fields.getByLabel("Card number").inputValue()).toBe("4000 0025 0000 3155");
    await checkout.fillCard(goodCard);
    await checkout.pay();
    expect((await checkout.result()).error).toBeUndefined();
  });

  it("takes Escape for failing", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    await checkout.fillCard("4000002500003155");
    await checkout.pay();
    await checkout.challenge.getByRole("button", { name: "Complete" }).waitFor();
    await expect.poll(() => checkout.page.evaluate(() => document.activeElement?.tagName)).toBe("IFRAME");
    await checkout.page.keyboard.press("Escape");
    expect((await checkout.result()).error?.code).toBe("payment_intent_authentication_failure");
  });

  it("carries out the next action of a payment the server confirmed", async () => {
    const intent = await postAsServer(sandbox.url, "/v1/payment_intents", {
      amount: "1334",
      currency: "usd",
      payment_method: "pm_card_authenticationRequired",
      confirm: "true",
    });
    expect(intent.status).toBe("requires_action");
    await open({ secret: intent.client_secret, act: "next", deferred: "payment" });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    await checkout.challenge.getByRole("button", { name: "Complete" }).click();
    expect(await checkout.result()).toMatchObject({ paymentIntent: { id: intent.id, status: "succeeded" } });
  });
});

describe("3-D Secure by redirect", () => {
  it.each([
    ["Complete authentication", "succeeded"],
    ["Fail authentication", "failed"],
  ])("%s: comes back %s", async (button, status) => {
    const intent = await postAsServer(sandbox.url, "/v1/payment_intents", {
      amount: "1334",
      currency: "usd",
      payment_method: "pm_card_authenticationRequired",
      confirm: "true",
      return_url: `${merchant.url}/done`,
    });
    await open({ secret: intent.client_secret, act: "next", deferred: "payment" });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    await checkout.page.getByRole("button", { name: button }).click();
    await checkout.page.waitForURL("**/done?**");
    expect(new URL(checkout.page.url()).searchParams.get("redirect_status")).toBe(status);
  });
});

describe("the deferred mode", () => {
  it("makes a confirmation token that the server can confirm with", async () => {
    await open({ deferred: "payment", act: "token" });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    const { confirmationToken } = await checkout.result();
    const confirmed = await postAsServer(sandbox.url, "/v1/payment_intents", {
      amount: "1334",
      currency: "usd",
      confirmation_token: confirmationToken?.id ?? "",
      confirm: "true",
    });
    expect(confirmed.status).toBe("succeeded");
  });

  it("makes a payment method", async () => {
    await open({ deferred: "setup", act: "method" });
    await checkout.fillCard("5555555555554444");
    await checkout.pay();
    const { paymentMethod } = await checkout.result();
    expect(paymentMethod).toMatchObject({ card: { brand: "mastercard", last4: "4444" } });
    expect(paymentMethod?.billing_details.address.postal_code).toBe("94103");
  });

  it("confirms an intent made after the form was filled", async () => {
    const intent = await payment();
    await open({ deferred: "payment", secret: intent.client_secret });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    expect(await checkout.result()).toMatchObject({ paymentIntent: { id: intent.id, status: "succeeded" } });
  });
});
