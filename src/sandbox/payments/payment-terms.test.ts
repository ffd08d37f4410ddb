/** Payments with terms of their own: manual confirmation, 3-D Secure on request, captures in part, shipping, reports. */
import type Stripe from "stripe";
import { afterAll, beforeAll, expect, it } from "vitest";
import { customerWithCard, type Stage, startStage } from "../billing/test-stage";
import { call, connect } from "../testing/start";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

const money = { amount: 2_000, currency: "usd" };
const create = (params: Partial<Stripe.PaymentIntentCreateParams>) =>
  stage.stripe.paymentIntents.create({ ...money, ...params });
const authenticate = (intent: Stripe.PaymentIntent) =>
  fetch(`${stage.sandbox.url}/_sandbox/authenticate`, {
    method: "POST",
    body: JSON.stringify({ client_secret: intent.client_secret, outcome: "succeed" }),
  });

it("waits for the server's second confirmation after an authentication, when that is manual", async () => {
  const asks = "pm_card_authenticationRequired";
  const intent = await create({ confirmation_method: "manual", confirm: true, payment_method: asks });
  expect(intent).toMatchObject({ confirmation_method: "manual", status: "requires_action" });
  await authenticate(intent);
  const waiting = await stage.stripe.paymentIntents.retrieve(intent.id);
  expect(waiting.status).toBe("requires_confirmation");
  const browser = connect(stage.sandbox.port, { key: "pk_test_sandbox" });
  const secret = { client_secret: intent.client_secret ?? "" };
  const fromBrowser = browser.paymentIntents.confirm(intent.id, secret as Stripe.PaymentIntentConfirmParams);
  await expect(fromBrowser).rejects.toMatchObject({ statusCode: 400, code: "payment_intent_unexpected_state" });
  expect((await stage.stripe.paymentIntents.confirm(intent.id)).status).toBe("succeeded");
});

it.each([
  ["pm_card_threeDSecureOptional", "automatic", "succeeded"],
  ["pm_card_threeDSecureOptional", "any", "requires_action"],
  ["pm_card_threeDSecureOptional", "challenge", "requires_action"],
  ["pm_card_visa", "any", "succeeded"],
] as const)("asks the holder of %s, on request %s: %s", async (payment_method, request_three_d_secure, status) => {
  const intent = await create({
    confirm: true,
    payment_method,
    payment_method_options: { card: { request_three_d_secure } },
  });
  expect(intent.status).toBe(status);
  expect(intent.payment_method_options?.card).toMatchObject({ request_three_d_secure });
});

it("captures a part, says where it is shipped, and keeps what is reported of the charge", async () => {
  const shipping = { name: "Ada", address: { line1: "1 Main St", country: "US" } };
  const intent = await create({ shipping, payment_method: "pm_card_visa" });
  await stage.stripe.paymentIntents.update(intent.id, { capture_method: "manual" });
  const reserved = await stage.stripe.paymentIntents.confirm(intent.id, { expand: ["latest_charge"] });
  expect(reserved).toMatchObject({ status: "requires_capture", latest_charge: { shipping: { name: "Ada" } } });
  const more = stage.stripe.paymentIntents.capture(intent.id, { amount_to_capture: 500, final_capture: false });
  await expect(more).rejects.toMatchObject({ statusCode: 400, param: "final_capture" });
  const charge = typeof reserved.latest_charge === "object" ? (reserved.latest_charge?.id ?? "") : "";
  expect(await stage.stripe.charges.capture(charge, { amount: 500 })).toMatchObject({
    captured: true,
    amount_captured: 500,
    amount_refunded: 1_500,
  });
  expect((await stage.stripe.paymentIntents.retrieve(intent.id)).amount_received).toBe(500);
  await expect(stage.stripe.charges.capture(charge)).rejects.toMatchObject({ code: "charge_already_captured" });
  const customer = await customerWithCard(stage, null);
  const reported = await stage.stripe.charges.update(charge, {
    customer: customer.id,
    fraud_details: { user_report: "fraudulent" },
    shipping: { ...shipping, name: "Grace" },
  });
  expect(reported).toMatchObject({
    customer: customer.id,
    fraud_details: { user_report: "fraudulent" },
    shipping: { name: "Grace", carrier: null },
  });
  const other = await customerWithCard(stage, null);
  await expect(stage.stripe.charges.update(charge, { customer: other.id })).rejects.toMatchObject({ statusCode: 400 });
});

it("neither calls back nor lets run out a refund that waits for nobody", async () => {
  const intent = await create({ confirm: true, payment_method: "pm_card_visa" });
  const refund = await stage.stripe.refunds.create({
    payment_intent: intent.id,
    instructions_email: "ada@example.com",
  });
  expect(refund.instructions_email).toBe("ada@example.com");
  await expect(stage.stripe.refunds.cancel(refund.id)).rejects.toMatchObject({ statusCode: 400 });
  await expect(stage.stripe.testHelpers.refunds.expire(refund.id)).rejects.toMatchObject({ statusCode: 400 });
});

it("corrects what kind of account a bank account is", async () => {
  const customer = await customerWithCard(stage, "pm_usBankAccount_success");
  const { data } = await stage.stripe.customers.listPaymentMethods(customer.id);
  const [account] = data;
  const change = { us_bank_account: { account_holder_type: "company", account_type: "savings" } } as const;
  expect(await stage.stripe.paymentMethods.update(account?.id ?? "", change)).toMatchObject(change);
  const card = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await expect(stage.stripe.paymentMethods.update(card.id, change)).rejects.toMatchObject({ statusCode: 400 });
});

it("says plainly which options it does not know", async () => {
  const body = "amount=2000&currency=usd&payment_method_options[card][moto]=true";
  expect((await call(stage.sandbox.url, "/v1/payment_intents", { body })).status).toBe(501);
});
