import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { day, latestInvoice, priceOf, type Stage, startStage } from "../billing/test-stage";
import { call } from "../testing/start";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-05-01T00:00:00Z");
});
afterAll(() => stage.close());

const typed = (number: string) => ({
  type: "us_bank_account" as const,
  us_bank_account: { account_number: number, routing_number: "110000000", account_holder_type: "individual" as const },
  billing_details: { name: "Ada" },
});

/** A customer whose default method is a verified test bank account. */
async function customerWithBank(id = "pm_usBankAccount_success"): Promise<string> {
  const customer = await stage.stripe.customers.create();
  const method = await stage.stripe.paymentMethods.attach(id, { customer: customer.id });
  await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  return customer.id;
}

describe("a bank account", () => {
  it("is made in the browser, verified by its deposits, and debited under a mandate", async () => {
    const { customers, setupIntents, paymentMethods, mandates } = stage.stripe;
    const made = await call(stage.sandbox.url, "/v1/payment_methods", {
      key: "pk_test_sandbox",
      body: "type=us_bank_account&us_bank_account[account_number]=000123456789&us_bank_account[routing_number]=110000000&billing_details[name]=Ada",
    });
    expect(made.body).toMatchObject({ us_bank_account: { last4: "6789", bank_name: "STRIPE TEST BANK" } });
    const method = String(made.body.id);
    const customer = await customers.create();
    await expect(paymentMethods.attach(method, { customer: customer.id })).rejects.toMatchObject({
      code: "bank_account_unverified",
    });
    const intent = await setupIntents.create({ customer: customer.id, payment_method: method, confirm: true });
    expect(intent).toMatchObject({ status: "requires_action", next_action: { type: "verify_with_microdeposits" } });
    await expect(setupIntents.verifyMicrodeposits(intent.id, { amounts: [10, 11] })).rejects.toMatchObject({
      code: "payment_method_microdeposit_verification_amounts_mismatch",
    });
    const done = await setupIntents.verifyMicrodeposits(intent.id, { descriptor_code: "SM11AA" });
    expect(done).toMatchObject({ status: "succeeded", payment_method: method });
    expect(await mandates.retrieve(String(done.mandate))).toMatchObject({ status: "active", payment_method: method });
    expect(await paymentMethods.retrieve(method)).toMatchObject({ customer: customer.id });
  });

  it("is refused with a foreign number, after ten wrong answers, and when its deposits never come", async () => {
    const { paymentMethods, setupIntents } = stage.stripe;
    await expect(paymentMethods.create(typed("123456789012"))).rejects.toMatchObject({
      code: "account_number_invalid",
      param: "us_bank_account[account_number]",
    });
    const guessed = await paymentMethods.create(typed("000123456789"));
    const intent = await setupIntents.create({ payment_method: guessed.id, confirm: true });
    const codes: string[] = [];
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await setupIntents.verifyMicrodeposits(intent.id, { descriptor_code: "SM0000" }).catch((e) => codes.push(e.code));
    }
    expect(codes.at(-1)).toBe("payment_method_microdeposit_verification_attempts_exceeded");
    expect(await setupIntents.retrieve(intent.id)).toMatchObject({ status: "requires_payment_method" });
    const lost = await paymentMethods.create(typed("000666666661"));
    const waiting = await setupIntents.create({ payment_method: lost.id, confirm: true });
    await stage.advanceBy(2 * day);
    expect(await setupIntents.retrieve(waiting.id)).toMatchObject({
      last_setup_error: { code: "payment_method_microdeposit_failed" },
    });
  });
});

describe("a debit", () => {
  const pay = (method: string, currency = "usd") =>
    stage.stripe.paymentIntents.create({ amount: 5_000, currency, payment_method: method, confirm: true });

  it("is on its way for days and then succeeds, is refundable, or may be disputed", async () => {
    const { charges, disputes, paymentIntents, refunds } = stage.stripe;
    await stage.events();
    const intent = await pay("pm_usBankAccount_success");
    expect(intent).toMatchObject({ status: "processing", amount_received: 0 });
    expect(await charges.retrieve(String(intent.latest_charge))).toMatchObject({ status: "pending", paid: false });
    expect(await stage.events()).toEqual(["payment_intent.created", "charge.pending", "payment_intent.processing"]);
    await stage.advanceBy(5 * day);
    expect(await paymentIntents.retrieve(intent.id)).toMatchObject({ status: "succeeded", amount_received: 5_000 });
    expect(await refunds.create({ payment_intent: intent.id })).toMatchObject({ status: "pending" });
    const disputed = await pay("pm_usBankAccount_dispute");
    await stage.advanceBy(5 * day);
    expect((await disputes.list({ payment_intent: disputed.id })).data).toHaveLength(1);
  });

  it.each([
    ["pm_usBankAccount_accountClosed", "account_closed"],
    ["pm_usBankAccount_noAccount", "no_account"],
    ["pm_usBankAccount_insufficientFunds", "insufficient_funds"],
    ["pm_usBankAccount_debitNotAuthorized", "debit_not_authorized"],
    ["pm_usBankAccount_invalidCurrency", "payment_method_currency_mismatch"],
  ])("of %s fails with %s", async (method, code) => {
    const intent = await pay(method);
    expect(intent.status).toBe("processing");
    await stage.advanceBy(5 * day);
    const after = await stage.stripe.paymentIntents.retrieve(intent.id, { expand: ["latest_charge"] });
    expect(after).toMatchObject({
      status: "requires_payment_method",
      last_payment_error: { code },
      latest_charge: { status: "failed", failure_code: code },
    });
  });

  it("can stay on its way for ever, and can be called back", async () => {
    const [never, canceled] = [await pay("pm_usBankAccount_processing"), await pay("pm_usBankAccount_success")];
    await stage.stripe.paymentIntents.cancel(canceled.id);
    await stage.advanceBy(30 * day);
    expect((await stage.stripe.paymentIntents.retrieve(never.id)).status).toBe("processing");
    const after = await stage.stripe.paymentIntents.retrieve(canceled.id, { expand: ["latest_charge"] });
    expect(after).toMatchObject({ status: "canceled", latest_charge: { status: "failed", captured: false } });
  });

  it("starts once a typed account is verified, and SEPA takes euros alone", async () => {
    const { paymentIntents, paymentMethods } = stage.stripe;
    const account = await paymentMethods.create(typed("000123456789"));
    const intent = await pay(account.id);
    expect(intent.next_action).toMatchObject({ type: "verify_with_microdeposits" });
    const verified = await paymentIntents.verifyMicrodeposits(intent.id, { amounts: [45, 32] });
    expect(verified.status).toBe("processing");
    const sepa = await paymentMethods.create({
      type: "sepa_debit",
      sepa_debit: { iban: "DE89 3704 0044 0532 0130 00" },
      billing_details: { name: "Ada", email: "ada@example.com" },
    });
    expect(sepa.sepa_debit).toMatchObject({ country: "DE", bank_code: "37040044", last4: "3000" });
    await expect(pay(sepa.id)).rejects.toMatchObject({ code: "payment_method_currency_mismatch" });
    const euros = await pay(sepa.id, "eur");
    await stage.advanceBy(6 * day);
    expect((await paymentIntents.retrieve(euros.id)).status).toBe("succeeded");
  });
});

describe("a subscription paid by debit", () => {
  it("is active while its payment is on its way, and its renewal is paid days later", async () => {
    const customer = await customerWithBank();
    const price = await priceOf(stage, 4_000);
    const created = await stage.stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    expect(created.status).toBe("active");
    expect((await latestInvoice(stage, created.id)).status).toBe("open");
    await stage.advanceBy(5 * day);
    expect((await latestInvoice(stage, created.id)).status).toBe("paid");
    await stage.advanceBy(28 * day);
    expect(await latestInvoice(stage, created.id)).toMatchObject({
      status: "open",
      billing_reason: "subscription_cycle",
    });
    await stage.advanceBy(5 * day);
    expect((await latestInvoice(stage, created.id)).status).toBe("paid");
  });

  it("stays active with a void invoice when its first debit fails, and falls behind when a renewal's does", async () => {
    const customer = await customerWithBank("pm_usBankAccount_insufficientFunds");
    const price = await priceOf(stage, 4_100);
    const created = await stage.stripe.subscriptions.create({ customer, items: [{ price: price.id }] });
    await stage.advanceBy(5 * day);
    expect((await latestInvoice(stage, created.id)).status).toBe("void");
    expect((await stage.stripe.subscriptions.retrieve(created.id)).status).toBe("active");
    await stage.advanceBy(31 * day);
    expect((await stage.stripe.subscriptions.retrieve(created.id)).status).toBe("past_due");
    expect(await latestInvoice(stage, created.id)).toMatchObject({ status: "open", attempt_count: 1 });
  });
});
