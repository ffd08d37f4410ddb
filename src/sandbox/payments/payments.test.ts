import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestSandbox, type TestSandbox } from "../testing/start";
import { cardScenarios } from "./scenarios";

let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox();
});
afterAll(async () => {
  await test.close();
  expect(test.failures).toEqual([]);
});

async function eventTypes(count: number): Promise<string[]> {
  const { data } = await test.stripe.events.list({ limit: count });
  return data.map(({ type }) => type).reverse();
}

describe("a payment intent", () => {
  it("is paid, refunded in parts, and never above what was taken", async () => {
    const { stripe } = test;
    const customer = await stripe.customers.create({ payment_method: "pm_card_visa" });
    const [method] = (await stripe.paymentMethods.list({ customer: customer.id, type: "card" })).data;
    const intent = await stripe.paymentIntents.create({
      amount: 2000,
      currency: "usd",
      customer: customer.id,
      payment_method: method?.id ?? "",
      confirm: true,
      off_session: true,
      expand: ["latest_charge.balance_transaction"],
    });
    expect(intent).toMatchObject({ status: "succeeded", amount_received: 2000 });
    expect(intent.latest_charge).toMatchObject({
      paid: true,
      balance_transaction: { amount: 2000, fee: 88, net: 1912 },
    });
    expect((await eventTypes(3)).slice(-3)).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
    ]);
    const first = await stripe.refunds.create({ payment_intent: intent.id, amount: 500, reason: "duplicate" });
    expect(first).toMatchObject({ status: "succeeded", amount: 500 });
    await expect(stripe.refunds.create({ payment_intent: intent.id, amount: 1501 })).rejects.toMatchObject({
      statusCode: 400,
      param: "amount",
    });
    await stripe.refunds.create({ payment_intent: intent.id });
    await expect(stripe.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({
      code: "charge_already_refunded",
    });
    const [charge] = (await stripe.charges.list({ payment_intent: intent.id, expand: ["data.refunds"] })).data;
    expect(charge).toMatchObject({ amount_refunded: 2000, refunded: true });
    expect(charge?.refunds?.data.map(({ amount }) => amount)).toEqual([1500, 500]);
  });

  it("is captured later, in part, when asked to", async () => {
    const { paymentIntents, charges } = test.stripe;
    const reserved = await paymentIntents.create({
      amount: 1000,
      currency: "usd",
      capture_method: "manual",
      payment_method: "pm_card_visa",
      confirm: true,
    });
    expect(reserved).toMatchObject({ status: "requires_capture", amount_capturable: 1000, amount_received: 0 });
    const captured = await paymentIntents.capture(reserved.id, { amount_to_capture: 700 });
    expect(captured).toMatchObject({ status: "succeeded", amount_received: 700 });
    expect(await charges.retrieve(String(captured.latest_charge))).toMatchObject({
      amount_captured: 700,
      captured: true,
    });
  });

  it("stays open after a decline and takes another card", async () => {
    const { paymentIntents } = test.stripe;
    const intent = await paymentIntents.create({ amount: 999, currency: "usd" });
    const refusal = await paymentIntents
      .confirm(intent.id, { payment_method: "pm_card_chargeDeclined" })
      .catch((e) => e);
    expect(refusal).toMatchObject({
      statusCode: 402,
      rawType: "card_error",
      code: "card_declined",
      decline_code: "generic_decline",
      payment_intent: { id: intent.id, status: "requires_payment_method" },
    });
    const after = await paymentIntents.retrieve(intent.id);
    expect(after.last_payment_error).toMatchObject({
      code: "card_declined",
      payment_method: { card: { last4: "0002" } },
    });
    expect(await eventTypes(2)).toEqual(["charge.failed", "payment_intent.payment_failed"]);
    expect(await paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa" })).toMatchObject({
      status: "succeeded",
      last_payment_error: null,
    });
    await expect(paymentIntents.cancel(intent.id)).rejects.toMatchObject({ code: "payment_intent_unexpected_state" });
  });

  it("refuses the removed payment_method_types with its own code", async () => {
    const create = test.stripe.paymentIntents.create({
      amount: 500,
      currency: "usd",
      payment_method_types: ["card"],
    } as never);
    await expect(create).rejects.toMatchObject({ statusCode: 400, code: "payment_method_types_no_longer_supported" });
  });

  it("fails once as a person has decided, and then goes on as before", async () => {
    const { stripe } = test;
    const customer = await stripe.customers.create({ payment_method: "pm_card_visa" });
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    await test.control(`/customers/${customer.id}/next-payment`, { outcome: "insufficient_funds" });
    const pay = () =>
      stripe.paymentIntents.create({
        amount: 500,
        currency: "usd",
        customer: customer.id,
        payment_method: method?.id ?? "",
        confirm: true,
      });
    await expect(pay()).rejects.toMatchObject({ decline_code: "insufficient_funds" });
    expect((await pay()).status).toBe("succeeded");
  });
});

describe("authentication", () => {
  it("is asked of the browser, which may complete or fail it", async () => {
    const { stripe, sandbox, control } = test;
    const intent = await stripe.paymentIntents.create({ amount: 1500, currency: "usd" });
    const secret = intent.client_secret ?? "";
    const confirm = (number: string) =>
      call(sandbox.url, `/v1/payment_intents/${intent.id}/confirm`, {
        key: "pk_test_sandbox",
        body: `client_secret=${secret}&use_stripe_sdk=true&return_url=http://x.test/&payment_method_data[type]=card&payment_method_data[card][number]=${number}&payment_method_data[card][exp_month]=12&payment_method_data[card][exp_year]=40&payment_method_data[card][cvc]=123`,
      });
    const asked = await confirm("4000002760003184");
    expect(asked.body).toMatchObject({
      status: "requires_action",
      next_action: { type: "use_stripe_sdk" },
      customer: null,
    });
    expect(await control("/authenticate", { client_secret: secret, outcome: "fail" })).toMatchObject({
      status: "requires_payment_method",
    });
    expect((await stripe.paymentIntents.retrieve(intent.id)).last_payment_error).toMatchObject({
      code: "payment_intent_authentication_failure",
    });
    await confirm("4000002760003184");
    expect(await control("/authenticate", { client_secret: secret, outcome: "succeed" })).toMatchObject({
      status: "succeeded",
    });
    const charge = await stripe.charges.retrieve(
      String((await stripe.paymentIntents.retrieve(intent.id)).latest_charge),
    );
    expect(charge.payment_method_details?.card?.three_d_secure).toMatchObject({ result: "authenticated" });
  });

  it("sends a customer to a page and back when the server confirmed with a return_url", async () => {
    const { stripe } = test;
    const intent = await stripe.paymentIntents.create({
      amount: 1500,
      currency: "usd",
      payment_method: "pm_card_authenticationRequired",
      confirm: true,
      return_url: "http://shop.test/back?order=1",
    });
    const url = intent.next_action?.redirect_to_url?.url ?? "";
    expect(await (await fetch(url)).text()).toContain("Complete authentication");
    const back = await fetch(url, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ outcome: "succeed" }),
    });
    expect(back.status).toBe(303);
    const target = new URL(back.headers.get("location") ?? "");
    expect(Object.fromEntries(target.searchParams)).toEqual({
      order: "1",
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: "succeeded",
    });
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe("succeeded");
  });

  it("once passed at set-up, spares later payments without the holder", async () => {
    const { stripe, control } = test;
    const customer = await stripe.customers.create();
    const setup = await stripe.setupIntents.create({ customer: customer.id });
    const confirmed = await stripe.setupIntents.confirm(setup.id, {
      payment_method: "pm_card_authenticationRequiredOnSetup",
    });
    expect(confirmed.status).toBe("requires_action");
    await control("/authenticate", { client_secret: setup.client_secret, outcome: "succeed" });
    const done = await stripe.setupIntents.retrieve(setup.id);
    expect(done).toMatchObject({ status: "succeeded", customer: customer.id });
    const pay = (offSession: boolean) =>
      stripe.paymentIntents.create({
        amount: 700,
        currency: "usd",
        customer: customer.id,
        payment_method: String(done.payment_method),
        confirm: true,
        ...(offSession ? { off_session: true } : {}),
      });
    expect((await pay(true)).status).toBe("succeeded");
    expect((await pay(false)).status).toBe("requires_action");
    const fresh = await stripe.customers.create({ payment_method: "pm_card_authenticationRequiredOnSetup" });
    const [method] = (await stripe.customers.listPaymentMethods(fresh.id)).data;
    await expect(
      stripe.paymentIntents.create({
        amount: 700,
        currency: "usd",
        customer: fresh.id,
        payment_method: method?.id ?? "",
        confirm: true,
        off_session: true,
      }),
    ).rejects.toMatchObject({ code: "authentication_required", statusCode: 402 });
  });
});

describe("a browser with a publishable key", () => {
  it("reaches only the intent whose secret it holds, and nothing else", async () => {
    const { stripe, sandbox } = test;
    const browser = { key: "pk_test_sandbox" };
    const intent = await stripe.setupIntents.create({ metadata: { secret: "thing" } });
    const path = `/v1/setup_intents/${intent.id}`;
    expect((await call(sandbox.url, path, browser)).status).toBe(400);
    expect((await call(sandbox.url, `${path}?client_secret=wrong`, browser)).status).toBe(400);
    const seen = await call(sandbox.url, `${path}?client_secret=${intent.client_secret}`, browser);
    expect(seen.body).toMatchObject({ id: intent.id, metadata: {} });
    expect((await call(sandbox.url, "/v1/customers", browser)).status).toBe(401);
    const preflight = await fetch(`${sandbox.url}${path}`, {
      method: "OPTIONS",
      headers: { origin: "http://app.test", "access-control-request-headers": "authorization" },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe("http://app.test");
  });

  it("may send numbers, which a server may not, and no reply or record holds them", async () => {
    const { sandbox } = test;
    const number = "5555555555554444";
    const body = `type=card&card[number]=${number}&card[exp_month]=12&card[exp_year]=2044&card[cvc]=123`;
    expect((await call(sandbox.url, "/v1/payment_methods", { body })).status).toBe(402);
    const made = await call(sandbox.url, "/v1/payment_methods", { body, key: "pk_test_sandbox" });
    expect(made.body).toMatchObject({ card: { brand: "mastercard", last4: "4444", exp_year: 2044 } });
    const state = JSON.stringify([
      [...sandbox.store.records("payment_method")],
      [...sandbox.store.records("stored_reply")],
    ]);
    expect(state).not.toContain(number);
  });

  it.each([
    ["4242424242424241", "12", "2044", "123", "incorrect_number"],
    ["4242424242424242", "13", "2044", "123", "invalid_expiry_month"],
    ["4242424242424242", "12", "1970", "123", "invalid_expiry_year"],
    ["4242424242424242", "12", "2044", "99", "invalid_cvc"],
    ["4012888888881881", "12", "2044", "123", "card_declined"],
  ])("is told what is wrong with %s %s/%s %s", async (number, month, year, cvc, code) => {
    const body = `type=card&card[number]=${number}&card[exp_month]=${month}&card[exp_year]=${year}&card[cvc]=${cvc}`;
    const reply = await call(test.sandbox.url, "/v1/payment_methods", { body, key: "pk_test_sandbox" });
    expect([reply.status, reply.body]).toMatchObject([402, { error: { type: "card_error", code } }]);
  });

  it("collects a card into a confirmation token that the server confirms once", async () => {
    const { stripe, sandbox } = test;
    const token = await call(sandbox.url, "/v1/confirmation_tokens", {
      key: "pk_test_sandbox",
      body: "payment_method_data[type]=card&payment_method_data[card][token]=tok_visa&return_url=http://x.test/",
    });
    expect(token.body).toMatchObject({ payment_method_preview: { type: "card", card: { last4: "4242" } } });
    const confirm = () =>
      stripe.paymentIntents.create({
        amount: 500,
        currency: "usd",
        confirm: true,
        confirmation_token: String(token.body.id),
      });
    const paid = await confirm();
    expect(paid.status).toBe("succeeded");
    expect((await stripe.confirmationTokens.retrieve(String(token.body.id))).payment_intent).toBe(paid.id);
    await expect(confirm()).rejects.toMatchObject({ param: "confirmation_token" });
  });
});

describe("test cards", () => {
  const withId = cardScenarios.flatMap((scenario) =>
    scenario.paymentMethods.map((id) => ({ id: `pm_card_${id}`, scenario })),
  );

  it.each(withId)("$id attaches and pays as its scenario says", async ({ id, scenario }) => {
    const { stripe } = test;
    const customer = await stripe.customers.create();
    const attach = stripe.paymentMethods.attach(id, { customer: customer.id });
    if (scenario.attachFailure !== null) {
      await expect(attach).rejects.toMatchObject({ statusCode: 402, rawType: "card_error" });
      return;
    }
    const method = await attach;
    expect(method).toMatchObject({ customer: customer.id, card: { brand: scenario.brand, funding: scenario.funding } });
    const pay = stripe.paymentIntents.create({
      amount: 1000,
      currency: "usd",
      customer: customer.id,
      payment_method: method.id,
      confirm: true,
      off_session: true,
    });
    const asks = scenario.authentication === "always" || scenario.authentication === "unless_set_up";
    if (asks) await expect(pay).rejects.toMatchObject({ code: "authentication_required" });
    else if (scenario.chargeFailure !== null) await expect(pay).rejects.toMatchObject({ code: "card_declined" });
    else expect((await pay).status).toBe("succeeded");
  });

  it("detach from their customer and its defaults", async () => {
    const { stripe } = test;
    const customer = await stripe.customers.create({
      payment_method: "pm_card_visa",
      invoice_settings: { default_payment_method: "pm_card_visa" },
    });
    const method = String(customer.invoice_settings.default_payment_method);
    expect(method).toMatch(/^pm_1/);
    expect((await stripe.paymentMethods.update(method, { billing_details: { name: "A" } })).billing_details.name).toBe(
      "A",
    );
    expect((await stripe.paymentMethods.detach(method)).customer).toBeNull();
    const after = await stripe.customers.retrieve(customer.id);
    expect(after).toMatchObject({ invoice_settings: { default_payment_method: null } });
    expect(await eventTypes(2)).toEqual(["payment_method.detached", "customer.updated"]);
  });
});
