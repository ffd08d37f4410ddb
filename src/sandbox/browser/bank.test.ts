/** Bank accounts in a real browser: choosing them in the payment element, typing them, logging in to them, verifying them. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../server";
import { CheckoutPage } from "./testing/checkout-page";
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

async function open(query: Record<string, string>, awaited?: string, width = 800): Promise<CheckoutPage> {
  context = await browser.newContext({ locale: "en-US", viewport: { width, height: 900 } });
  checkout = new CheckoutPage(await context.newPage(), merchant);
  await checkout.open(query, awaited);
  return checkout;
}

const kinds = (...types: string[]) =>
  Object.fromEntries(types.map((type, place) => [`allowed_payment_method_types[${place}]`, type]));
const setup = (...types: string[]) => postAsServer(sandbox.url, "/v1/setup_intents", kinds(...types));
const payment = (currency: string, ...types: string[]) =>
  postAsServer(sandbox.url, "/v1/payment_intents", { amount: "1334", currency, ...kinds(...types) });
const tab = (name: string) => checkout.fields.getByRole("tab", { name });
const goodIban = "DE89370400440532013000";

/** Everything the merchant's side got to see, without the spaces people type. */
async function seenByMerchant(): Promise<string> {
  const inPage = await checkout.page.evaluate(() => {
    const values = [...document.querySelectorAll("input, textarea, select")].map((node) => Reflect.get(node, "value"));
    return [document.documentElement.outerHTML, ...values, JSON.stringify(Reflect.get(window, "log"))].join("\n");
  });
  return [inPage, ...checkout.seen, ...merchant.received].join("\n").replace(/[\s+]|%20/g, "");
}

describe("a US bank account", () => {
  it("is typed beside cards, verified by its deposits, and never seen by the page", async () => {
    const intent = await setup("card", "us_bank_account");
    await open({ secret: intent.client_secret });
    await tab("US bank account").click();
    await checkout.fillUsAccount();
    await checkout.pay();
    const typed = await checkout.result();
    expect(typed.setupIntent).toMatchObject({
      status: "requires_action",
      next_action: { type: "verify_with_microdeposits" },
    });
    expect(await checkout.lastChange()).toMatchObject({ complete: true, value: { type: "us_bank_account" } });
    expect(await seenByMerchant()).not.toContain("000123456789");
    const kept = [...sandbox.store.records("payment_method"), ...sandbox.store.records("stored_reply")];
    expect(JSON.stringify(kept)).not.toContain("000123456789");
    const { client_secret: secret } = intent;
    const wrong = await checkout.call("verifyMicrodepositsForSetup", secret, { amounts: [10, 11] });
    expect(wrong.error?.code).toBe("payment_method_microdeposit_verification_amounts_mismatch");
    const right = await checkout.call("verifyMicrodepositsForSetup", secret, { amounts: [32, 45] });
    expect(right.setupIntent).toMatchObject({ id: intent.id, status: "succeeded" });
    const stored = sandbox.store.find("setup_intent", intent.id);
    expect(sandbox.store.find("mandate", String(stored?.mandate))).toMatchObject({ status: "active" });
    const method = sandbox.store.find("payment_method", String(stored?.payment_method));
    expect(method).toMatchObject({
      billing_details: { name: "Ada Lovelace", email: "ada@example.com" },
      us_bank_account: { last4: "6789" },
    });
  });

  it("returns to the page while its deposits are on the way, and is debited once they are answered", async () => {
    const intent = await payment("usd", "us_bank_account");
    await open({ secret: intent.client_secret, redirect: "always" }, "Full name");
    await checkout.fillUsAccount();
    await checkout.pay();
    await checkout.page.waitForURL("**/done?**");
    expect(new URL(checkout.page.url()).searchParams.get("redirect_status")).toBe("pending");
    await open({ deferred: "payment" });
    const answered = await checkout.call("verifyMicrodepositsForPayment", intent.client_secret, {
      descriptor_code: "SM11AA",
    });
    expect(answered.paymentIntent).toMatchObject({ status: "processing" });
  });

  it.each([
    [{ routing: "11000000" }, "incomplete_routing_number", "Routing number"],
    [{ routing: "110000001" }, "invalid_routing_number", "Routing number"],
    [{ account: "123" }, "incomplete_account_number", "Account number"],
    [{ email: "ada@" }, "incomplete_email", "Email"],
    [{ name: " " }, "incomplete_name", "Full name"],
  ])("with %o is %s", async (wrong, code, label) => {
    const typed = { routing: "110000000", account: "000123456789", email: "a@b.test", name: "Ada", ...wrong };
    await open(
      {
        deferred: "setup",
        act: "method",
        group: JSON.stringify({ allowedPaymentMethodTypes: ["us_bank_account"] }),
      },
      "Full name",
    );
    await checkout.fields.getByLabel("Full name").fill(typed.name);
    await checkout.fields.getByLabel("Email").fill(typed.email);
    await checkout.fields.getByLabel("Routing number").fill(typed.routing);
    await checkout.fields.getByLabel("Account number").fill(typed.account);
    await checkout.pay();
    expect((await checkout.result()).error).toMatchObject({ type: "validation_error", code });
    expect(await checkout.fields.getByLabel(label).getAttribute("aria-invalid")).toBe("true");
  });

  it("is refused in words when it is no test account", async () => {
    const intent = await setup("us_bank_account");
    await open({ secret: intent.client_secret }, "Full name");
    await checkout.fillUsAccount("123456789012");
    await checkout.pay();
    expect((await checkout.result()).error).toMatchObject({ code: "account_number_invalid" });
  });
});

describe("logging in to a US bank", () => {
  const asked = (secret: string) => ({
    clientSecret: secret,
    params: {
      payment_method_type: "us_bank_account",
      payment_method_data: { billing_details: { name: "Ada Lovelace", email: "ada@example.com" } },
    },
  });

  it("gives the intent an account that needs no deposits", async () => {
    const intent = await setup("us_bank_account");
    await open({ deferred: "payment" });
    const collecting = checkout.call("collectBankAccountForSetup", asked(intent.client_secret));
    await checkout.bank.getByRole("button", { name: /6789/ }).click();
    expect((await collecting).setupIntent).toMatchObject({ status: "requires_confirmation" });
    const confirmed = await checkout.call("confirmUsBankAccountSetup", intent.client_secret);
    expect(confirmed.setupIntent).toMatchObject({ status: "succeeded" });
    expect(await checkout.page.locator("dialog").count()).toBe(0);
  });

  it("takes numbers by hand, which deposits have to verify", async () => {
    const intent = await payment("usd", "us_bank_account");
    await open({ deferred: "payment" });
    const collecting = checkout.call("collectBankAccountForPayment", asked(intent.client_secret));
    await checkout.bank.getByRole("button", { name: "Enter bank details manually" }).click();
    const found = await new AxeBuilder({ page: checkout.page }).include("dialog").analyze();
    expect(found.violations.map(({ id }) => id)).toEqual([]);
    await checkout.bank.getByRole("button", { name: "Connect account" }).click();
    await checkout.bank.getByText("Your routing number is incomplete.").waitFor();
    await checkout.bank.getByLabel("Routing number").fill("110000000");
    await checkout.bank.getByLabel("Account number").fill("000123456789");
    await checkout.bank.getByRole("button", { name: "Connect account" }).click();
    expect((await collecting).paymentIntent).toMatchObject({ status: "requires_confirmation" });
    expect(await seenByMerchant()).not.toContain("000123456789");
    const confirmed = await checkout.call("confirmUsBankAccountPayment", intent.client_secret);
    expect(confirmed.paymentIntent?.next_action).toMatchObject({ type: "verify_with_microdeposits" });
  });

  it("can be left, with Escape too, and leaves the intent as it was", async () => {
    const intent = await setup("us_bank_account");
    await open({ deferred: "payment" });
    const collecting = checkout.call("collectBankAccountForSetup", asked(intent.client_secret));
    await checkout.bank.getByRole("button", { name: "Cancel" }).first().waitFor();
    await expect.poll(() => checkout.page.evaluate(() => document.activeElement?.tagName)).toBe("IFRAME");
    await checkout.page.keyboard.press("Escape");
    expect((await collecting).setupIntent).toMatchObject({ status: "requires_payment_method" });
  });

  it("can be done without, by the account's data", async () => {
    const intent = await setup("us_bank_account");
    await open({ deferred: "payment" });
    const confirmed = await checkout.call("confirmUsBankAccountSetup", intent.client_secret, {
      payment_method: {
        us_bank_account: {
          account_number: "000123456789",
          routing_number: "110000000",
          account_holder_type: "individual",
        },
        billing_details: { name: "Ada Lovelace" },
      },
    });
    expect(confirmed.setupIntent).toMatchObject({ status: "requires_action" });
  });
});

describe("a SEPA account", () => {
  it("is debited by its IBAN, which the page never sees", async () => {
    const intent = await payment("eur", "card", "sepa_debit");
    await open({ secret: intent.client_secret, element: JSON.stringify({ business: { name: "Example Ltd" } }) });
    await tab("SEPA Debit").click();
    await checkout.fields.getByLabel("IBAN").fill("DE89370400440532013001");
    await checkout.fields.getByText("Your IBAN is invalid.").waitFor();
    expect(await checkout.fields.getByText("authorise Example Ltd").isVisible()).toBe(true);
    await checkout.fields.getByLabel("IBAN").fill(goodIban);
    await checkout.fields.getByLabel("Full name").fill("Ada Lovelace");
    await checkout.fields.getByLabel("Email").fill("ada@example.com");
    await checkout.pay();
    expect((await checkout.result()).paymentIntent).toMatchObject({ status: "processing" });
    expect(await seenByMerchant()).not.toContain(goodIban);
  });

  it.each([
    ["D", "incomplete_iban"],
    ["DE8937", "incomplete_iban"],
    ["US8937040044", "invalid_iban_country_code"],
    ["DE88370400440532013000", "invalid_iban"],
  ])("%s in an iban Element is %s", async (typed, code) => {
    await open({ show: "iban", act: "method" }, "IBAN");
    await checkout.fields.getByLabel("IBAN").fill(typed);
    await checkout.pay();
    expect((await checkout.result()).error).toMatchObject({ type: "validation_error", code });
  });

  it("is saved from an iban Element", async () => {
    const intent = await setup("sepa_debit");
    await open({ show: "iban", secret: intent.client_secret }, "IBAN");
    await checkout.fields.getByLabel("IBAN").pressSequentially(goodIban);
    await expect
      .poll(() => checkout.lastChange())
      .toMatchObject({ elementType: "iban", complete: true, country: "DE", bankName: "STRIPE TEST BANK" });
    await checkout.pay();
    expect((await checkout.result()).setupIntent).toMatchObject({ status: "succeeded" });
    expect(await seenByMerchant()).not.toContain(goodIban);
  });
});

describe("the choice of a payment method", () => {
  const three = {
    deferred: "setup",
    group: JSON.stringify({ allowedPaymentMethodTypes: ["card", "us_bank_account", "sepa_debit"] }),
  };

  it("is a row of tabs in the page's order, for arrow keys too", async () => {
    await open({ ...three, element: JSON.stringify({ paymentMethodOrder: ["sepa_debit"] }) }, "IBAN");
    expect(await checkout.fields.getByRole("tab").allTextContents()).toEqual(["SEPA Debit", "Card", "US bank account"]);
    await tab("SEPA Debit").focus();
    await checkout.page.keyboard.press("ArrowRight");
    await checkout.fields.getByLabel("Card number").waitFor();
    expect(await tab("Card").getAttribute("aria-selected")).toBe("true");
    await checkout.page.keyboard.press("Tab");
    await checkout.page.keyboard.type("4242");
    expect(await checkout.fields.getByLabel("Card number").inputValue()).toBe("4242");
    expect((await checkout.log()).find(([event]) => event === "availablepaymentmethodschange")?.[2]).toMatchObject({
      paymentMethods: { sepa_debit: { available: true } },
    });
  });

  it("is an accordion that starts folded and folds again", async () => {
    const layout = { type: "accordion", defaultCollapsed: true, radios: "always" };
    context = await browser.newContext({ viewport: { width: 800, height: 900 } });
    checkout = new CheckoutPage(await context.newPage(), merchant);
    await checkout.page.goto(
      `${merchant.url}/?${new URLSearchParams({ ...three, element: JSON.stringify({ layout }) })}`,
    );
    const card = checkout.fields.getByRole("button", { name: "Card" });
    await card.waitFor();
    await checkout.pay();
    expect((await checkout.result()).error).toMatchObject({ code: "incomplete_payment_details" });
    await card.click();
    expect(await card.getAttribute("aria-expanded")).toBe("true");
    await checkout.fields.getByLabel("Card number").fill("4242");
    await checkout.page.evaluate(() => Reflect.get(window, "elements").getElement("payment").collapse());
    await expect.poll(() => checkout.lastChange()).toMatchObject({ collapsed: true });
    await card.click();
    expect(await checkout.fields.getByLabel("Card number").inputValue()).toBe("4242");
  });

  it("has nothing for axe to find, folded, open, light, dark, narrow", async () => {
    for (const [theme, layout, width] of [
      ["stripe", "tabs", 1280],
      ["night", "accordion", 375],
    ] as const) {
      await open({ ...three, theme, element: JSON.stringify({ layout }) }, "Card number", width);
      const role = layout === "tabs" ? "tab" : "button";
      for (const name of ["US bank account", "SEPA Debit"]) {
        await checkout.fields.getByRole(role, { name }).click();
        await checkout.pay();
        await checkout.result();
        const { violations } = await new AxeBuilder({ page: checkout.page }).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      }
      await context?.close();
    }
  });

  it("asks for no name or e-mail address that other Elements ask for", async () => {
    await open({ ...three, link: "1", address: "1", show: "both", act: "method" });
    await tab("US bank account").click();
    await checkout.fields.getByLabel("Routing number").fill("110000000");
    await checkout.fields.getByLabel("Account number").fill("000123456789");
    const panel = checkout.fields.getByRole("tabpanel");
    expect(await panel.getByLabel("Routing number").isVisible()).toBe(true);
    expect(await panel.getByLabel("Email").filter({ visible: true }).count()).toBe(0);
    expect(await panel.getByLabel("Full name").filter({ visible: true }).count()).toBe(0);
    await checkout.page.frameLocator('iframe[title*="email"]').getByLabel("Email").fill("ada@example.com");
    await checkout.fillAddress();
    await checkout.pay();
    expect((await checkout.result()).paymentMethod?.billing_details).toMatchObject({
      email: "ada@example.com",
      name: "Ada Lovelace",
    });
  });
});
