/** The forms in a real browser: what they say to people and to the page, the keyboard, screen readers, and whom they tell the number. */
import { AxeBuilder } from "@axe-core/playwright";
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

async function open(query: Record<string, string>, width = 800): Promise<CheckoutPage> {
  context = await browser.newContext({ locale: "en-US", viewport: { width, height: 900 } });
  checkout = new CheckoutPage(await context.newPage(), merchant);
  await checkout.open(query);
  return checkout;
}

/** The global as careless JavaScript sees it. */
interface LooseStripe {
  (
    key: string,
  ): { elements(options?: unknown): { create(type: string): unknown }; paymentRequest(options: unknown): void };
  version: string;
}

const payment = () => postAsServer(sandbox.url, "/v1/payment_intents", { amount: "1334", currency: "usd" });

describe("validation", () => {
  it.each([
    [{ number: "4242424242424241" }, "invalid_number", "Card number", "Your card number is invalid."],
    [{ number: "424242" }, "incomplete_number", "Card number", "Your card number is incomplete."],
    [{ expiry: "12 / 3" }, "incomplete_expiry", "Expiration date", "Your card's expiration date is incomplete."],
    [
      { expiry: "12 / 21" },
      "invalid_expiry_year_past",
      "Expiration date",
      "Your card's expiration year is in the past.",
    ],
    [{ expiry: "13 / 34" }, "invalid_expiry_month", "Expiration date", "Your card's expiration month is invalid."],
    [{ cvc: "99" }, "incomplete_cvc", "Security code", "Your card's security code is incomplete."],
    [{ zip: "9410" }, "incomplete_zip", "ZIP code", "Your ZIP code is incomplete."],
  ])("%o is %s", async (typed, code, label, message) => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    const { number = goodCard, expiry = "12 / 34", cvc = "123", zip = "94103" } = typed as Record<string, string>;
    await checkout.fields.getByLabel("Card number").fill(number);
    await checkout.fields.getByLabel("Expiration date").fill(expiry);
    await checkout.fields.getByLabel("Security code").fill(cvc);
    await checkout.fields.getByLabel("ZIP code").fill(zip);
    await checkout.pay();
    expect((await checkout.result()).error).toEqual({ type: "validation_error", code, message });
    const field = checkout.fields.getByLabel(label);
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    const described = await field.getAttribute("aria-describedby");
    expect(await checkout.fields.locator(`[id="${described}"]`).textContent()).toBe(message);
    await checkout.fields.getByRole("alert").filter({ hasText: message }).waitFor();
    await expect.poll(() => field.evaluate((node) => node === node.ownerDocument.activeElement)).toBe(true);
    expect(sandbox.store.find("payment_intent", intent.id)?.payment_method).toBeNull();
  });
});

describe("a button of the page", () => {
  it("stays under the pointer that presses it, though a field left unfinished has more to say", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    await checkout.fillCard(goodCard);
    await checkout.fields.getByLabel("ZIP code").fill("9410");
    const { page } = checkout;
    const button = page.getByRole("button", { name: "Pay" });
    const height = () => page.locator("iframe").evaluate((frame) => frame.clientHeight);
    const before = await height();
    await button.hover();
    await page.mouse.down();
    await checkout.fields.getByText("Your ZIP code is incomplete.").first().waitFor();
    await page.mouse.up();
    expect((await checkout.result()).error).toMatchObject({ code: "incomplete_zip" });
    await expect.poll(height).toBeGreaterThan(before);
  });
});

describe("events", () => {
  it("reports the state of a payment element, in Stripe's shapes", async () => {
    await open({ deferred: "payment" });
    await checkout.fillCard(goodCard);
    await expect
      .poll(async () => (await checkout.log()).at(-1))
      .toEqual([
        "change",
        "payment",
        { elementType: "payment", empty: false, complete: true, collapsed: false, value: { type: "card" } },
      ]);
    const log = await checkout.log();
    expect(log.filter(([event]) => event === "ready")).toHaveLength(1);
    expect(log.filter(([event]) => event === "focus")).toHaveLength(1);
    expect(JSON.stringify(log)).not.toContain("4242");
  });

  it("reports brand and problem of a card element, and creates a payment method from it", async () => {
    await open({ show: "card", act: "method" });
    await checkout.fields.getByLabel("Card number").fill("378282246310006");
    await expect
      .poll(async () => (await checkout.log()).at(-1)?.[2])
      .toEqual({
        elementType: "card",
        brand: "amex",
        empty: false,
        complete: false,
        error: { type: "validation_error", code: "invalid_number", message: "Your card number is invalid." },
        value: { postalCode: "" },
      });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    const { paymentMethod } = await checkout.result();
    expect(paymentMethod).toMatchObject({ card: { last4: "4242" }, billing_details: { name: "Ada Lovelace" } });
  });

  it("brings number, date and code of three frames together", async () => {
    await open({ show: "split", act: "method" });
    await checkout.fields.getByLabel("Card number").fill("378282246310005");
    const { page } = checkout;
    await page.frameLocator('iframe[title*="expiration"]').getByLabel("Expiration date").fill("1234");
    await page.frameLocator('iframe[title*="CVC"]').getByLabel("Security code").fill("1234");
    await checkout.pay();
    const { paymentMethod } = await checkout.result();
    expect(paymentMethod?.card).toMatchObject({ brand: "amex", last4: "0005" });
  });

  it("reports that an intent cannot be loaded", async () => {
    const { client_secret: secret } = await payment();
    context = await browser.newContext();
    checkout = new CheckoutPage(await context.newPage(), merchant);
    await checkout.page.goto(`${merchant.url}/?secret=${secret.replace("pi_", "pi_0")}`);
    await expect
      .poll(async () => (await checkout.log()).find(([event]) => event === "loaderror"))
      .toMatchObject(["loaderror", "payment", { error: { type: "invalid_request_error", code: "resource_missing" } }]);
  });

  it("survives going away and coming back", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    await checkout.page.getByRole("button", { name: "Toggle" }).click();
    expect(await checkout.page.locator("iframe").count()).toBe(0);
    await checkout.page.getByRole("button", { name: "Toggle" }).click();
    await checkout.fillCard(goodCard);
    await checkout.pay();
    expect(await checkout.result()).toMatchObject({ paymentIntent: { status: "succeeded" } });
    expect(checkout.errors).toEqual([]);
  });
});

describe("the page's wishes", () => {
  it("changes clothes without losing what was typed", async () => {
    await open({ deferred: "payment" });
    await checkout.fillCard(goodCard);
    const field = checkout.fields.getByLabel("Card number");
    const colours = () =>
      field.evaluate((node) => [
        getComputedStyle(node).color,
        getComputedStyle(node.ownerDocument.documentElement).backgroundColor,
      ]);
    expect(await colours()).toEqual(["rgb(32, 36, 43)", "rgb(251, 250, 247)"]);
    await checkout.page.getByRole("button", { name: "Theme" }).click();
    await expect.poll(colours).toEqual(["rgb(238, 240, 243)", "rgb(23, 25, 29)"]);
    expect(await field.inputValue()).toBe("4242 4242 4242 4242");
  });

  it("are refused in words when the sandbox cannot grant them", async () => {
    await open({ deferred: "payment" });
    const refusals = await checkout.page.evaluate(() => {
      const page: object = window;
      const Stripe: LooseStripe = Reflect.get(page, "Stripe");
      const message = (attempt: () => unknown) => {
        try {
          attempt();
          return "";
        } catch (failure) {
          return String(failure);
        }
      };
      return [
        message(() => Stripe("sk_test_x")),
        message(() => Stripe("pk_test_x").elements().create("expressCheckout")),
        message(() => Stripe("pk_test_x").elements().create("payment")),
        message(() => Stripe("pk_test_x").elements({ mode: "payment", amount: 1.5, currency: "usd" })),
        message(() => Stripe("pk_test_x").paymentRequest({})),
        Stripe.version,
      ];
    });
    expect(refusals).toEqual([
      expect.stringContaining("IntegrationError: Do not use a secret key"),
      expect.stringContaining('no "expressCheckout" Element'),
      expect.stringContaining("needs elements() with a clientSecret or a mode"),
      expect.stringContaining("amount"),
      expect.stringContaining("does not support stripe.paymentRequest()"),
      "endive",
    ]);
  });
});

describe("the card number", () => {
  it("never enters the merchant's page, requests or server", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    await checkout.fillCard(goodCard);
    await checkout.pay();
    await checkout.result();
    const { page } = checkout;
    const inPage = await page.evaluate(() => {
      const values = [...document.querySelectorAll("input, textarea, select")].map((node) =>
        Reflect.get(node, "value"),
      );
      return [document.documentElement.outerHTML, ...values, JSON.stringify(Reflect.get(window, "log"))].join("\n");
    });
    const everything = [inPage, ...checkout.seen, ...merchant.received].join("\n").replace(/[\s+]|%20/g, "");
    expect(everything).toContain(intent.client_secret);
    expect(everything).not.toContain(goodCard);
    const reached = await page.evaluate(() => {
      const frame = document.querySelector("iframe");
      return frame?.contentDocument ?? null;
    });
    expect(reached).toBeNull();
  });
});

describe("people without a mouse, or without sight", () => {
  it("pays by keyboard alone", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    const { keyboard } = checkout.page;
    await keyboard.press("Tab");
    await keyboard.type("4242424242424242");
    await keyboard.type("1234");
    await keyboard.type("123");
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.type("94103");
    await keyboard.press("Enter");
    expect(await checkout.result()).toMatchObject({ paymentIntent: { status: "succeeded" } });
  });

  it.each([
    ["light", "stripe", 800],
    ["dark", "night", 375],
  ])("has nothing for axe to find in %s", async (_name, theme, width) => {
    const intent = await payment();
    await open({ secret: intent.client_secret, show: "both", address: "1", theme }, width);
    await checkout.fields.getByLabel("Card number").fill("4242424242424241");
    await checkout.pay();
    await checkout.result();
    const inForm = await new AxeBuilder({ page: checkout.page }).analyze();
    expect(inForm.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await checkout.fillAddress();
    await checkout.fillCard("4000002500003155");
    await checkout.pay();
    await checkout.challenge.getByRole("button", { name: "Complete" }).waitFor();
    const inOverlay = await new AxeBuilder({ page: checkout.page }).include("dialog").analyze();
    expect(inOverlay.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });
});
