/**
 * Stripe's published test cards and accounts, one by one: written down here as they are documented, not read from the
 * scenarios, so that a change of a scenario shows.
 */
import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestSandbox, type TestSandbox } from "../testing/start";

let test: TestSandbox;
let clock: string;
beforeAll(async () => {
  test = await startTestSandbox();
  clock = (await test.stripe.testHelpers.testClocks.create({ frozen_time: 1_780_000_000 })).id;
});
afterAll(async () => {
  await test.close();
  expect(test.failures).toEqual([]);
});

let now = 1_780_000_000;

/** Lets what happens "a moment later" or some days later happen. */
async function pass(seconds: number): Promise<void> {
  now += seconds;
  await test.stripe.testHelpers.testClocks.advance(clock, { frozen_time: now });
  await expect.poll(async () => (await test.stripe.testHelpers.testClocks.retrieve(clock)).status).toBe("ready");
}

/** A payment method of a number as a browser types it. */
async function typed(number: string, cvc = number.startsWith("37") ? "1234" : "123") {
  const body = `type=card&card[number]=${number}&card[exp_month]=12&card[exp_year]=2044&card[cvc]=${cvc}&billing_details[address][line1]=1%20Way&billing_details[address][postal_code]=94103`;
  return call(test.sandbox.url, "/v1/payment_methods", { key: "pk_test_sandbox", body });
}

const customer = () => test.stripe.customers.create({ test_clock: clock });

/** A charge of a saved method, in its holder's presence unless said otherwise. */
async function pay(method: string, given: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  return test.stripe.paymentIntents.create({
    amount: 1000,
    currency: "usd",
    payment_method: method,
    confirm: true,
    expand: ["latest_charge"],
    ...given,
  });
}

async function attached(id: string): Promise<{ owner: string; method: string }> {
  const owner = (await customer()).id;
  return { owner, method: (await test.stripe.paymentMethods.attach(id, { customer: owner })).id };
}

function chargeOf(intent: Stripe.PaymentIntent): Stripe.Charge {
  const { latest_charge: charge } = intent;
  if (charge === null || typeof charge === "string") throw new Error(`${intent.id} has no expanded charge.`);
  return charge;
}

describe("cards that succeed", () => {
  it.each([
    ["4242424242424242", "pm_card_visa", "visa", "credit"],
    ["4000056655665556", "pm_card_visa_debit", "visa", "debit"],
    ["5555555555554444", "pm_card_mastercard", "mastercard", "credit"],
    ["2223003122003222", null, "mastercard", "credit"],
    ["5200828282828210", "pm_card_mastercard_debit", "mastercard", "debit"],
    ["5105105105105100", "pm_card_mastercard_prepaid", "mastercard", "prepaid"],
    ["378282246310005", "pm_card_amex", "amex", "credit"],
    ["6011111111111117", "pm_card_discover", "discover", "credit"],
    ["3056930009020004", "pm_card_diners", "diners", "credit"],
    ["3566002020360505", "pm_card_jcb", "jcb", "credit"],
    ["6200000000000005", "pm_card_unionpay", "unionpay", "credit"],
    ["4000000000003055", "pm_card_threeDSecureOptional", "visa", "credit"],
    ["4000000000003097", "pm_card_threeDSecureOptionalProcessingError", "visa", "credit"],
    ["378282246310005", "pm_card_amex_threeDSecureNotSupported", "amex", "credit"],
  ])("%s and %s", async (number, id, brand, funding) => {
    const { body } = await typed(number);
    expect(body).toMatchObject({ card: { brand, funding, last4: number.slice(-4) } });
    const supported = id?.endsWith("NotSupported") !== true && brand !== "amex";
    expect(body).toMatchObject({ card: { three_d_secure_usage: { supported } } });
    expect((await pay(String(body.id))).status).toBe("succeeded");
    if (id === null) return;
    const { owner, method } = await attached(id);
    expect(await test.stripe.paymentMethods.retrieve(method)).toMatchObject({ card: { brand, funding } });
    expect((await pay(method, { customer: owner, off_session: true })).status).toBe("succeeded");
  });
});

describe("cards that decline", () => {
  it.each([
    ["4000000000000002", "pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
    ["4000000000009995", "pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"],
    ["4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"],
    ["4000000000000069", "pm_card_chargeDeclinedExpiredCard", "expired_card", ""],
    ["4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", ""],
    ["4000000000000119", "pm_card_chargeDeclinedProcessingError", "processing_error", ""],
    ["4000000000006975", "pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"],
  ])("%s and %s: neither attach, nor set up, nor pay", async (number, id, code, decline) => {
    const { stripe } = test;
    const { body } = await typed(number);
    const owner = (await customer()).id;
    const refusal = { statusCode: 402, rawType: "card_error", code, decline_code: decline };
    for (const method of [id, String(body.id)]) {
      await expect(stripe.paymentMethods.attach(method, { customer: owner })).rejects.toMatchObject(refusal);
      await expect(
        stripe.setupIntents.create({ customer: owner, payment_method: method, confirm: true }),
      ).rejects.toMatchObject(refusal);
      await expect(pay(method)).rejects.toMatchObject({
        ...refusal,
        payment_intent: { status: "requires_payment_method" },
      });
    }
  });

  it("4000000000000341 attaches, sets up, and declines every charge", async () => {
    const { body } = await typed("4000000000000341");
    for (const id of ["pm_card_chargeCustomerFail", String(body.id)]) {
      const owner = (await customer()).id;
      const intent = await test.stripe.setupIntents.create({ customer: owner, payment_method: id, confirm: true });
      expect(intent.status).toBe("succeeded");
      const method = String(intent.payment_method);
      await expect(pay(method, { customer: owner, off_session: true })).rejects.toMatchObject({
        code: "card_declined",
        decline_code: "generic_decline",
      });
    }
  });

  it.each([
    ["4242424242424241", "incorrect_number", {}],
    ["4242424242424242", "invalid_expiry_month", { "card[exp_month]": "13" }],
    ["4242424242424242", "invalid_expiry_year", { "card[exp_year]": "1970" }],
    ["4242424242424242", "invalid_cvc", { "card[cvc]": "99" }],
  ])("%s is %s with %o", async (number, code, wrong) => {
    const good = { type: "card", "card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2044" };
    const body = new URLSearchParams({ ...good, "card[cvc]": "123", ...wrong }).toString();
    const reply = await call(test.sandbox.url, "/v1/payment_methods", { key: "pk_test_sandbox", body });
    expect([reply.status, reply.body]).toMatchObject([402, { error: { type: "card_error", code } }]);
  });
});

describe("cards that look suspicious", () => {
  it("4100000000000019 is blocked, before its issuer hears of it", async () => {
    await typed("4100000000000019");
    const refusal: unknown = await pay("pm_card_radarBlock").catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "card_declined", decline_code: "fraudulent" });
    const id = String(Reflect.get(Object(refusal), "charge"));
    expect((await test.stripe.charges.retrieve(id)).outcome).toMatchObject({
      type: "blocked",
      network_status: "not_sent_to_network",
      risk_level: "highest",
    });
  });

  it.each([
    ["4000000000004954", "highest"],
    ["4000000000009235", "elevated"],
  ])("%s pays with %s risk", async (number, risk) => {
    const { body } = await typed(number);
    expect(chargeOf(await pay(String(body.id))).outcome).toMatchObject({ risk_level: risk });
  });

  it.each([
    ["4000000000000101", "pm_card_cvcCheckFail", ["fail", "pass", "pass"]],
    ["4000000000000036", "pm_card_avsZipFail", ["pass", "pass", "fail"]],
    ["4000000000000028", "pm_card_avsLine1Fail", ["pass", "fail", "pass"]],
    ["4000000000000010", "pm_card_avsFail", ["pass", "fail", "fail"]],
    ["4000000000000044", "pm_card_avsUnchecked", ["pass", "unchecked", "unchecked"]],
  ])("%s and %s: checks %j", async (number, id, [cvc, line1, postalCode]) => {
    const { body } = await typed(number);
    const checks = { cvc_check: cvc, address_line1_check: line1, address_postal_code_check: postalCode };
    expect(chargeOf(await pay(String(body.id))).payment_method_details?.card?.checks).toEqual(checks);
    await attached(id);
  });
});

describe("cards whose charges have a sequel", () => {
  it.each([
    ["4000000000000259", "pm_card_createDispute", "fraudulent", "needs_response", 1],
    ["4000000000002685", "pm_card_createDisputeProductNotReceived", "product_not_received", "needs_response", 1],
    ["4000000000001976", "pm_card_createDisputeInquiry", "fraudulent", "warning_needs_response", 1],
    ["4000000404000079", "pm_card_createMultipleDisputes", "fraudulent", "needs_response", 2],
  ])("%s and %s: a dispute, %s", async (number, id, reason, status, count) => {
    await typed(number);
    const { owner, method } = await attached(id);
    const intent = await pay(method, { customer: owner });
    await pass(60);
    const { data } = await test.stripe.disputes.list({ payment_intent: intent.id });
    expect(data.map((one) => [one.reason, one.status])).toEqual(Array(count).fill([reason, status]));
  });

  it.each([
    ["winning_evidence", "won"],
    ["losing_evidence", "lost"],
  ])("a dispute answered with %s is %s", async (answer, status) => {
    const { owner, method } = await attached("pm_card_createDispute");
    const intent = await pay(method, { customer: owner });
    await pass(60);
    const [dispute] = (await test.stripe.disputes.list({ payment_intent: intent.id })).data;
    await test.stripe.disputes.update(dispute?.id ?? "", { evidence: { uncategorized_text: answer }, submit: true });
    await pass(60);
    expect((await test.stripe.disputes.retrieve(dispute?.id ?? "")).status).toBe(status);
  });

  it("4000000000005423: an early fraud warning, which a refund settles", async () => {
    const { stripe } = test;
    expect((await typed("4000000000005423")).status).toBe(200);
    const { owner, method } = await attached("pm_card_createIssuerFraudRecord");
    const intent = await pay(method, { customer: owner });
    await pass(60);
    const warnings = () => stripe.radar.earlyFraudWarnings.list({ payment_intent: intent.id });
    const [warning] = (await warnings()).data;
    expect(warning).toMatchObject({ charge: chargeOf(intent).id, actionable: true });
    expect(await stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? "")).toEqual(warning);
    await stripe.refunds.create({ payment_intent: intent.id });
    expect((await warnings()).data).toMatchObject([{ actionable: false }]);
    const types = (await stripe.events.list({ limit: 20, type: "radar.early_fraud_warning.*" })).data.map(
      (e) => e.type,
    );
    expect(types).toEqual(["radar.early_fraud_warning.updated", "radar.early_fraud_warning.created"]);
  });

  it.each([
    ["4000000000007726", "pm_card_pendingRefund", "pending", "succeeded"],
    ["4000000000005126", "pm_card_refundFail", "succeeded", "failed"],
    ["4242424242424242", "pm_card_visa", "succeeded", "succeeded"],
  ])("%s and %s: a refund is %s, then %s", async (number, id, first, then) => {
    expect((await typed(number)).status).toBe(200);
    const { owner, method } = await attached(id);
    const intent = await pay(method, { customer: owner });
    const refund = await test.stripe.refunds.create({ payment_intent: intent.id });
    expect(refund.status).toBe(first);
    await pass(10 * 86_400);
    expect((await test.stripe.refunds.retrieve(refund.id)).status).toBe(then);
  });

  it("4000000000000077: the money is available at once", async () => {
    const { body } = await typed("4000000000000077");
    const owner = (await customer()).id;
    const status = async (method: string) => {
      const intent = await pay(method, { expand: ["latest_charge.balance_transaction"] });
      const balance = chargeOf(intent).balance_transaction;
      return typeof balance === "object" ? balance?.status : null;
    };
    expect(owner).toMatch(/^cus_/);
    expect(await status(String(body.id))).toBe("available");
    expect(await status("pm_card_bypassPending")).toBe("available");
    expect(await status("pm_card_visa")).toBe("pending");
  });
});
