/** Stripe.js's calls and events beyond the form: tokens, confirming by id, updates, what cannot be loaded, redirects, reloads. */
import type { Browser, BrowserContext } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../server";
import { CheckoutPage, goodCard } from "./testing/checkout-page";
import { launchBrowser, type Merchant, postAsServer, startMerchant } from "./testing/merchant";

const asks = "4000002760003184";

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

async function blank(shop = merchant): Promise<CheckoutPage> {
  context = await browser.newContext({ locale: "en-US", viewport: { width: 800, height: 900 } });
  checkout = new CheckoutPage(await context.newPage(), shop);
  return checkout;
}

async function open(query: Record<string, string>): Promise<CheckoutPage> {
  await (await blank()).open(query);
  return checkout;
}

const payment = (more: Record<string, string> = {}) =>
  postAsServer(sandbox.url, "/v1/payment_intents", { amount: "1334", currency: "usd", ...more });
const setup = () => postAsServer(sandbox.url, "/v1/setup_intents", {});
const query = () => Object.fromEntries(new URL(checkout.page.url()).searchParams);

/** Runs in the page, with what `window.elements` and `window.Stripe` are. */
const inPage = (body: string) => checkout.page.evaluate(`(async () => { ${body} })()`);

describe("tokens", () => {
  it("are made of a card Element, of a security code, and of an account", async () => {
    await open({ show: "card" });
    await checkout.fillCard(goodCard);
    const made = await inPage(`
      const elements = window.elements, stripe = window.Stripe("pk_test_sandbox");
      const { token, error } = await stripe.createToken(elements.getElement("card"), { name: "Ada Lovelace" });
      return token ?? error;`);
    expect(made).toMatchObject({ object: "token", card: { last4: "4242", name: "Ada Lovelace" } });
    const account = { country: "US", currency: "usd", routing_number: "110000000", account_number: "000123456789" };
    expect(await checkout.call("createToken", "bank_account", account)).toMatchObject({
      token: { type: "bank_account", bank_account: { last4: "6789" } },
    });
    await open({ show: "split" });
    await checkout.page.frameLocator('iframe[title*="CVC"]').getByLabel("Security code").fill("123");
    const update = await inPage(`
      const { token } = await window.Stripe("pk_test_sandbox").createToken("cvc_update", window.elements.getElement("cardCvc"));
      return token;`);
    expect(update).toMatchObject({ type: "cvc_update" });
  });
});

describe("confirming without a form", () => {
  it("takes a payment method by id, and leaves the next action to the page when told so", async () => {
    const method = await postAsServer(sandbox.url, "/v1/payment_methods", {
      type: "card",
      "card[token]": "tok_visa",
    });
    await open({ deferred: "payment" });
    const paid = await payment();
    const given = { payment_method: method.id };
    expect(await checkout.call("confirmCardPayment", paid.client_secret, given)).toMatchObject({
      paymentIntent: { id: paid.id, status: "succeeded" },
    });
    const saved = await setup();
    const asking = { payment_method: "pm_card_authenticationRequired" };
    const options = { handleActions: false };
    expect(await checkout.call("confirmCardSetup", saved.client_secret, asking, options)).toMatchObject({
      setupIntent: { id: saved.id, status: "requires_action" },
    });
    expect(await checkout.call("retrieveSetupIntent", saved.client_secret)).toMatchObject({
      setupIntent: { status: "requires_action" },
    });
    expect(await checkout.call("retrieveSetupIntent", `${saved.id}_secret_wrong`)).toMatchObject({
      error: { code: "resource_missing" },
    });
  });

  it("asks for what the form was told not to ask for", async () => {
    const intent = await payment();
    const fields = { billingDetails: { address: "never" } };
    await open({ secret: intent.client_secret, element: JSON.stringify({ fields }) });
    expect(await checkout.fields.getByLabel("Country or region").isVisible()).toBe(false);
    await checkout.fillCard(goodCard);
    await checkout.pay();
    expect((await checkout.result()).thrown).toContain("payment_method_data.billing_details.address must be passed");
  });
});

describe("a group of Elements", () => {
  it("tells of updates, and reads the intent again", async () => {
    const intent = await setup();
    await open({ secret: intent.client_secret });
    expect(await checkout.fields.getByRole("tab").count()).toBe(0);
    await postAsServer(sandbox.url, `/v1/setup_intents/${intent.id}`, {
      "allowed_payment_method_types[0]": "card",
      "allowed_payment_method_types[1]": "sepa_debit",
    });
    expect(await inPage("return window.elements.fetchUpdates()")).toEqual({});
    await checkout.fields.getByRole("tab", { name: "SEPA Debit" }).waitFor();
    await inPage('await window.elements.update({ locale: "en" })');
    expect((await checkout.log()).filter(([event]) => event === "update-end")).toHaveLength(2);
  });

  it("tells the brand of a card while it is typed", async () => {
    await open({ deferred: "payment" });
    await checkout.fields.getByLabel("Card number").fill("37");
    await expect
      .poll(async () => (await checkout.log()).filter(([event]) => event === "carddetailschange").at(-1)?.[2])
      .toEqual({ elementType: "payment", loading: false, details: { brands: ["amex"], funding: null } });
  });

  it("shows what the page prefers: read only, its own terms, condensed boxes, defaults", async () => {
    const element = {
      readOnly: true,
      terms: { card: "always" },
      business: { name: "Example Ltd" },
      wallets: { applePay: "never" },
      defaultValues: { billingDetails: { address: { country: "GB", postal_code: "N1 9GU" } } },
    };
    const group = { appearance: { inputs: "condensed", labels: "auto" } };
    await open({ deferred: "payment", element: JSON.stringify(element), group: JSON.stringify(group) });
    expect(await checkout.fields.getByLabel("Card number").isDisabled()).toBe(true);
    expect(await checkout.fields.getByText("Example Ltd").isVisible()).toBe(true);
    expect(await checkout.fields.getByLabel("Postal code").inputValue()).toBe("N1 9GU");
    const root = checkout.fields.locator("html");
    expect([await root.getAttribute("data-inputs"), await root.getAttribute("data-labels")]).toEqual([
      "condensed",
      "floating",
    ]);
  });

  it("loads the page's fonts, by sheet and by file, and takes whole addresses only", async () => {
    const fonts = [{ cssSrc: `${merchant.url}/fonts.css` }, { family: "File", src: `url(${merchant.url}/font.woff2)` }];
    const appearance = { variables: { fontFamily: "Sheet, File, serif" } };
    await open({ deferred: "payment", group: JSON.stringify({ fonts, appearance }) });
    const frame = checkout.page.frames().find((one) => one.url().endsWith("/elements/payment"));
    await expect
      .poll(() =>
        frame?.evaluate(() =>
          [...document.fonts].map((face) => `${face.family.replace(/"/g, "")} ${face.status}`).sort(),
        ),
      )
      .toEqual(["File loaded", "Sheet loaded"]);
    expect(await checkout.call("elements", { fonts: [{ cssSrc: "/fonts.css" }] })).toMatchObject({
      thrown: expect.stringContaining("must be a whole one"),
    });
  });

  it("says which Elements it does not have", async () => {
    await open({ deferred: "payment" });
    for (const type of ["expressCheckout", "taxId", "currencySelector", "paymentMethodMessaging", "nonsense"]) {
      const said = await inPage(`try { window.elements.create("${type}") } catch (failure) { return String(failure) }`);
      expect(said).toContain(`IntegrationError: The Stripe sandbox has no "${type}" Element`);
    }
  });
});

describe("what cannot be loaded", () => {
  const loadError = async () => (await checkout.log()).find(([event]) => event === "loaderror")?.[2];

  it("is an intent that has succeeded", async () => {
    const intent = await payment({ payment_method: "pm_card_visa", confirm: "true" });
    await (await blank()).page.goto(`${merchant.url}/?secret=${intent.client_secret}`);
    await expect.poll(loadError).toMatchObject({ error: { code: "payment_intent_unexpected_state" } });
  });

  it.each([
    ["the intent", true],
    ["the form itself", false],
  ])("is %s, when the sandbox is down", async (_what, hasIntent) => {
    const own = await startSandbox({ port: 0 });
    const shop = await startMerchant(own.url);
    try {
      const intent = await postAsServer(own.url, "/v1/payment_intents", { amount: "1334", currency: "usd" });
      await (await blank(shop)).open(hasIntent ? { secret: intent.client_secret } : { deferred: "payment" });
      await own.close();
      await checkout.page.getByRole("button", { name: "Toggle" }).click();
      await checkout.page.getByRole("button", { name: "Toggle" }).click();
      await expect.poll(loadError, { timeout: 8_000 }).toMatchObject({ error: { type: "api_connection_error" } });
    } finally {
      await shop.close();
      await own.close();
    }
  });
});

describe("3-D Secure with redirects on", () => {
  it("returns to the page after the overlay was completed", async () => {
    const intent = await setup();
    await open({ secret: intent.client_secret, redirect: "always" });
    await checkout.fillCard(asks);
    await checkout.pay();
    await checkout.challenge.getByRole("button", { name: "Complete" }).click();
    await checkout.page.waitForURL("**/done?**");
    expect(query()).toEqual({
      setup_intent: intent.id,
      setup_intent_client_secret: intent.client_secret,
      redirect_status: "succeeded",
    });
  });

  it("stays on the page with the error after the overlay was failed", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret, redirect: "always" });
    await checkout.fillCard(asks);
    await checkout.pay();
    await checkout.challenge.getByRole("button", { name: "Fail" }).click();
    expect((await checkout.result()).error?.code).toBe("payment_intent_authentication_failure");
  });

  it("goes on after a reload in the middle of the overlay", async () => {
    const intent = await payment();
    await open({ secret: intent.client_secret });
    await checkout.fillCard(asks);
    await checkout.pay();
    await checkout.challenge.getByRole("button", { name: "Complete" }).waitFor();
    await checkout.page.reload();
    await checkout.fields.getByLabel("Card number").waitFor();
    const asked = await checkout.call("retrievePaymentIntent", intent.client_secret);
    expect(asked.paymentIntent?.status).toBe("requires_action");
    const handling = checkout.call("handleNextAction", { clientSecret: intent.client_secret });
    await checkout.challenge.getByRole("button", { name: "Complete" }).click();
    expect((await handling).paymentIntent).toMatchObject({ id: intent.id, status: "succeeded" });
  });

  it("goes on after a reload and a way back in the middle of the redirect", async () => {
    const intent = await payment({
      payment_method: "pm_card_authenticationRequired",
      confirm: "true",
      return_url: `${merchant.url}/done?order=7`,
    });
    await open({ secret: intent.client_secret, act: "next", deferred: "payment" });
    await checkout.pay();
    expect((await checkout.result()).error?.type).toBe("validation_error");
    await checkout.fillCard(goodCard);
    await checkout.pay();
    await checkout.page.getByRole("button", { name: "Complete authentication" }).waitFor();
    await checkout.page.reload();
    await checkout.page.goBack();
    await checkout.fillCard(goodCard);
    await checkout.pay();
    await checkout.page.getByRole("button", { name: "Complete authentication" }).click();
    await checkout.page.waitForURL("**/done?**");
    expect(query()).toEqual({
      order: "7",
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: "succeeded",
    });
    const seen = await postAsServer(sandbox.url, `/v1/payment_intents/${intent.id}/capture`, {}).catch(String);
    expect(seen).toContain("status of succeeded");
  });
});
