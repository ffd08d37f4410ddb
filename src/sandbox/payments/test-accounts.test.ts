/** Stripe's published 3-D Secure cards and test bank accounts, one by one, as they are documented. */
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestSandbox, type TestSandbox } from "../testing/start";

let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox();
});
afterAll(async () => {
  await test.close();
  expect(test.failures).toEqual([]);
});

/** What a call came to: the intent's status, or the refusal's code. */
async function outcomeOf(attempt: Promise<{ status: string }>): Promise<string> {
  return attempt.then(
    ({ status }) => status,
    (failure: unknown) => {
      const { code, decline_code: decline } = failure as { code: string; decline_code?: string };
      return decline === undefined || decline === code ? code : `${code}/${decline}`;
    },
  );
}

const finish = (secret: string | null, outcome: "succeed" | "fail") =>
  test.control("/authenticate", { client_secret: secret, outcome });

async function pay(method: string, customer: string | null, offSession: boolean): Promise<Stripe.PaymentIntent> {
  return test.stripe.paymentIntents.create({
    amount: 1000,
    currency: "usd",
    payment_method: method,
    confirm: true,
    ...(customer === null ? {} : { customer }),
    ...(offSession ? { off_session: true } : {}),
  });
}

/** Pays in the holder's presence, who completes what is asked. */
async function payAndComplete(id: string): Promise<{ asked: boolean; outcome: string }> {
  const intent = await pay(id, null, false).catch((failure: unknown) => failure);
  const { status, client_secret: secret, id: intentId } = intent as Stripe.PaymentIntent;
  if (status !== "requires_action") {
    return { asked: false, outcome: await outcomeOf(Promise.resolve(intent as Stripe.PaymentIntent)) };
  }
  await finish(secret, "succeed");
  const after = await test.stripe.paymentIntents.retrieve(intentId);
  const { last_payment_error: error } = after;
  return { asked: true, outcome: error === null ? after.status : `${error.code}/${error.decline_code ?? ""}` };
}

describe("3-D Secure cards", () => {
  it.each([
    ["pm_card_authenticationRequiredOnSetup", true, "succeeded"],
    ["pm_card_authenticationRequired", true, "succeeded"],
    ["pm_card_authenticationRequiredSetupForOffSession", true, "succeeded"],
    ["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", true, "card_declined/insufficient_funds"],
    ["pm_card_threeDSecure2Required", true, "succeeded"],
    ["pm_card_threeDSecureRequiredChargeDeclined", true, "card_declined/generic_decline"],
    ["pm_card_threeDSecureOptional", false, "succeeded"],
    ["pm_card_threeDSecureOptionalProcessingError", false, "succeeded"],
    ["pm_card_amex_threeDSecureNotSupported", false, "succeeded"],
  ])("%s asks its holder: %s, and then %s", async (id, asked, outcome) => {
    expect(await payAndComplete(id)).toEqual({ asked, outcome });
  });

  it("pm_card_threeDSecureRequiredProcessingError is declined without asking", async () => {
    expect(await outcomeOf(pay("pm_card_threeDSecureRequiredProcessingError", null, false))).toBe(
      "card_declined/generic_decline",
    );
  });

  it.each([
    ["4000002500003155", true],
    ["4000002760003184", true],
    ["4000003800000446", true],
    ["4000008260003178", true],
    ["4000000000003220", true],
    ["4000008400001629", true],
    ["4000000000003063", true],
    ["4000000000003055", false],
    ["4000000000003097", false],
  ])("%s typed in a browser asks: %s; failing leaves the intent open", async (number, asks) => {
    const made = await call(test.sandbox.url, "/v1/payment_methods", {
      key: "pk_test_sandbox",
      body: `type=card&card[number]=${number}&card[exp_month]=12&card[exp_year]=2044&card[cvc]=123`,
    });
    const intent = await pay(String(made.body.id), null, false);
    expect(intent.status).toBe(asks ? "requires_action" : "succeeded");
    if (!asks) return;
    await finish(intent.client_secret, "fail");
    const after = await test.stripe.paymentIntents.retrieve(intent.id);
    expect(after).toMatchObject({
      status: "requires_payment_method",
      last_payment_error: { code: "payment_intent_authentication_failure" },
    });
  });

  it.each([
    ["pm_card_authenticationRequiredOnSetup", true, "succeeded", "requires_action"],
    ["pm_card_authenticationRequired", true, "authentication_required", "requires_action"],
    ["pm_card_authenticationRequiredSetupForOffSession", false, "succeeded", "requires_action"],
    ["pm_card_threeDSecure2Required", true, "succeeded", "requires_action"],
    [
      "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
      true,
      "card_declined/insufficient_funds",
      "requires_action",
    ],
  ])("%s, once set up (asked: %s), is %s off session and %s on session", async (id, asks, off, on) => {
    const customer = (await test.stripe.customers.create()).id;
    const setup = await test.stripe.setupIntents.create({ customer, payment_method: id, confirm: true });
    expect(setup.status).toBe(asks ? "requires_action" : "succeeded");
    if (asks) await finish(setup.client_secret, "succeed");
    const done = await test.stripe.setupIntents.retrieve(setup.id);
    const method = String(done.payment_method);
    expect(await outcomeOf(pay(method, customer, true))).toBe(off);
    expect(await outcomeOf(pay(method, customer, false))).toBe(on);
  });

  it.each(["pm_card_authenticationRequiredOnSetup", "pm_card_authenticationRequired", "pm_card_threeDSecure2Required"])(
    "%s, merely attached, insists off session",
    async (id) => {
      const customer = (await test.stripe.customers.create()).id;
      const method = (await test.stripe.paymentMethods.attach(id, { customer })).id;
      expect(await outcomeOf(pay(method, customer, true))).toBe("authentication_required");
    },
  );
});

describe("US bank accounts", () => {
  it.each([
    ["000123456789", "success", "succeeded", null],
    ["000111111113", "accountClosed", "requires_payment_method", "account_closed"],
    ["000111111116", "noAccount", "requires_payment_method", "no_account"],
    ["000222222227", "insufficientFunds", "requires_payment_method", "insufficient_funds"],
    ["000333333335", "debitNotAuthorized", "requires_payment_method", "debit_not_authorized"],
    ["000444444440", "invalidCurrency", "requires_payment_method", "payment_method_currency_mismatch"],
    ["000555555559", "dispute", "succeeded", null],
    ["000000000009", "processing", "processing", null],
  ])("%s and pm_usBankAccount_%s: in some days %s (%s)", async (number, id, status, code) => {
    const { stripe } = test;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_780_000_000 });
    const customer = (await stripe.customers.create({ test_clock: clock.id })).id;
    const account = { account_number: number, routing_number: "110000000", account_holder_type: "individual" } as const;
    const typed = await stripe.setupIntents.create({
      customer,
      confirm: true,
      payment_method_data: { type: "us_bank_account", us_bank_account: account, billing_details: { name: "Ada" } },
    });
    expect(typed.next_action?.type).toBe("verify_with_microdeposits");
    const verified = await stripe.setupIntents.verifyMicrodeposits(typed.id, { amounts: [32, 45] });
    const known = await stripe.paymentMethods.attach(`pm_usBankAccount_${id}`, { customer });
    const intents: Stripe.PaymentIntent[] = [];
    for (const method of [String(verified.payment_method), known.id]) intents.push(await pay(method, customer, true));
    expect(intents.map((intent) => intent.status)).toEqual(["processing", "processing"]);
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_780_000_000 + 10 * 86_400 });
    await expect.poll(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status).toBe("ready");
    for (const { id: intent } of intents) {
      const after = await stripe.paymentIntents.retrieve(intent);
      expect([after.status, after.last_payment_error?.code ?? null]).toEqual([status, code]);
      const { data } = await stripe.disputes.list({ payment_intent: intent });
      expect(data).toHaveLength(id === "dispute" ? 1 : 0);
    }
  });

  it("000666666661 and pm_usBankAccount_failMicrodeposits: the deposits never arrive", async () => {
    const { stripe } = test;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_780_000_000 });
    const customer = (await stripe.customers.create({ test_clock: clock.id })).id;
    const account = { account_number: "000666666661", routing_number: "110000000" };
    const data = { type: "us_bank_account", us_bank_account: account, billing_details: { name: "Ada" } } as const;
    const intent = await stripe.setupIntents.create({ customer, confirm: true, payment_method_data: data });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_780_000_000 + 3 * 86_400 });
    await expect.poll(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status).toBe("ready");
    expect(await stripe.setupIntents.retrieve(intent.id)).toMatchObject({
      status: "requires_payment_method",
      last_setup_error: { code: "payment_method_microdeposit_failed" },
    });
    const made = await stripe.paymentMethods.attach("pm_usBankAccount_failMicrodeposits", { customer });
    expect(made.us_bank_account?.last4).toBe("6661");
  });

  it.each([
    [{ amounts: [32, 45] }, "succeeded"],
    [{ amounts: [45, 32] }, "succeeded"],
    [{ descriptor_code: "SM11AA" }, "succeeded"],
    [{ amounts: [10, 11] }, "payment_method_microdeposit_verification_amounts_mismatch"],
    [{ descriptor_code: "SM33CC" }, "payment_method_microdeposit_verification_descriptor_code_mismatch"],
  ])("deposits answered with %j: %s", async (answer, outcome) => {
    const account = { account_number: "000123456789", routing_number: "110000000" };
    const data = { type: "us_bank_account", us_bank_account: account, billing_details: { name: "Ada" } } as const;
    const intent = await test.stripe.setupIntents.create({ confirm: true, payment_method_data: data });
    expect(await outcomeOf(test.stripe.setupIntents.verifyMicrodeposits(intent.id, answer))).toBe(outcome);
  });

  it("confirms only with a kind of payment method that the intent allows", async () => {
    const { setupIntents } = test.stripe;
    const intent = await setupIntents.create({ allowed_payment_method_types: ["us_bank_account", "sepa_debit"] });
    expect(intent.payment_method_types).toEqual(["us_bank_account", "sepa_debit"]);
    await expect(setupIntents.confirm(intent.id, { payment_method: "pm_card_visa" })).rejects.toMatchObject({
      statusCode: 400,
      param: "payment_method",
    });
    const confirmed = await setupIntents.confirm(intent.id, { payment_method: "pm_usBankAccount_success" });
    expect(confirmed.status).toBe("succeeded");
  });
});
