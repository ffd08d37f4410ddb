/** Tokens: typed in a browser, used once by a server. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Stage, startStage } from "../billing/test-stage";
import { call, connect } from "../testing/start";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

const card = { number: "5555 5555 5555 4444", exp_month: "12", exp_year: "34", cvc: "123" };

it("makes a card token in the browser, which pays once", async () => {
  const browser = connect(stage.sandbox.port, { key: "pk_test_sandbox" });
  const token = await browser.tokens.create({ card: { ...card, name: "Ada", address_zip: "94103" } });
  expect(token).toMatchObject({
    type: "card",
    used: false,
    card: { brand: "MasterCard", last4: "4444", exp_year: 2034, address_zip: "94103", address_zip_check: "unchecked" },
  });
  expect(JSON.stringify(token)).not.toContain("5555555555554444");
  const method = await stage.stripe.paymentMethods.create({ type: "card", card: { token: token.id } });
  expect(method).toMatchObject({
    billing_details: { name: "Ada", address: { postal_code: "94103" } },
    card: { last4: "4444", exp_month: 12, exp_year: 2034 },
  });
  expect((await stage.stripe.tokens.retrieve(token.id)).used).toBe(true);
  const again = stage.stripe.paymentMethods.create({ type: "card", card: { token: token.id } });
  await expect(again).rejects.toMatchObject({ statusCode: 400, code: "token_already_used" });
});

it("makes bank account tokens, also on a server", async () => {
  const token = await stage.stripe.tokens.create({
    bank_account: {
      country: "US",
      currency: "usd",
      account_holder_name: "Ada",
      account_holder_type: "individual",
      routing_number: "110000000",
      account_number: "000123456789",
    },
  });
  expect(token).toMatchObject({ type: "bank_account", bank_account: { last4: "6789", status: "new", country: "US" } });
  const method = stage.stripe.paymentMethods.create({ type: "card", card: { token: token.id } });
  await expect(method).rejects.toMatchObject({ statusCode: 400 });
});

it.each([
  ["pk_test_sandbox", "card[number]=4242424242424241&card[exp_month]=1&card[exp_year]=34", 402, "incorrect_number"],
  [
    "pk_test_sandbox",
    "card[number]=4242424242424242&card[exp_month]=13&card[exp_year]=34",
    402,
    "invalid_expiry_month",
  ],
  ["pk_test_sandbox", "card[exp_month]=1&card[exp_year]=34", 400, "parameter_missing"],
  ["pk_test_sandbox", "", 400, "parameter_missing"],
  ["pk_test_sandbox", "pii[id_number]=000", 501, undefined],
  ["sk_test_sandbox", "card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=34", 402, undefined],
])("refuses, to %s, %s", async (key, body, status, code) => {
  const reply = await call(stage.sandbox.url, "/v1/tokens", { key, body });
  expect(reply.status).toBe(status);
  expect(reply.body.error).toMatchObject(code === undefined ? {} : { code });
});
