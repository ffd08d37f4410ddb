import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, latestInvoice, priceOf, type Stage, startStage } from "../billing/test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

const urls = { success_url: "http://127.0.0.1:9/done" };
const automatic = { automatic_tax: { enabled: true } };
const berlin = { country: "DE", postal_code: "10115", line1: "Hauptstr. 1", city: "Berlin" };

async function step(id: string, name: "begin" | "finish", address: Record<string, string> = {}) {
  const url = `${stage.sandbox.url}/_sandbox/checkout/${id}/${name}`;
  const body = new URLSearchParams({ email: "ada@example.com", name: "Ada", ...address });
  const response = await fetch(url, { method: "POST", body });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

describe("a checkout session with automatic tax", () => {
  it("knows its taxes once the payer says where it is, and charges them", async () => {
    const price = await stage.stripe.prices.create({
      currency: "eur",
      unit_amount: 10_000,
      product_data: { name: "Seat" },
    });
    const session = await stage.stripe.checkout.sessions.create({
      ...urls,
      ...automatic,
      mode: "payment",
      line_items: [{ price: price.id, quantity: 1 }],
      invoice_creation: { enabled: true },
    });
    expect([session.amount_total, session.automatic_tax]).toEqual([
      10_000,
      { enabled: true, liability: { type: "self" }, provider: "stripe", status: "requires_location_inputs" },
    ]);
    expect((await step(session.id, "begin")).status).toBe(400);
    expect((await step(session.id, "begin", { country: "US", state: "NY" })).status).toBe(400);
    const { body } = await step(session.id, "begin", berlin);
    const intent = body.clientSecret?.split("_secret_")[0] ?? "";
    expect((await stage.stripe.paymentIntents.retrieve(intent)).amount).toBe(11_900);
    await stage.stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_visa" });
    await step(session.id, "finish");
    const done = await stage.stripe.checkout.sessions.retrieve(session.id, {
      expand: ["invoice", "total_details.breakdown"],
    });
    expect(done).toMatchObject({
      status: "complete",
      amount_total: 11_900,
      automatic_tax: { status: "complete" },
      total_details: {
        amount_tax: 1_900,
        breakdown: { taxes: [{ amount: 1_900, taxable_amount: 10_000, taxability_reason: "standard_rated" }] },
      },
      invoice: { total: 11_900, automatic_tax: { enabled: true, status: "complete" } },
    });
  });

  it("subscribes with automatic tax", async () => {
    const price = await priceOf(stage, 10_000);
    const customer = await customerWithCard(stage);
    const params = {
      ...urls,
      ...automatic,
      mode: "subscription" as const,
      customer: customer.id,
      line_items: [{ price: price.id, quantity: 1 }],
    };
    await expect(stage.stripe.checkout.sessions.create(params)).rejects.toMatchObject({
      statusCode: 400,
      code: "customer_tax_location_invalid",
    });
    const session = await stage.stripe.checkout.sessions.create({ ...params, customer_update: { address: "auto" } });
    const { body } = await step(session.id, "begin", berlin);
    await stage.stripe.paymentIntents.confirm(body.clientSecret?.split("_secret_")[0] ?? "", {
      payment_method: "pm_card_visa",
    });
    await step(session.id, "finish");
    const { subscription, amount_total: total } = await stage.stripe.checkout.sessions.retrieve(session.id);
    expect(total).toBe(11_900);
    expect(await latestInvoice(stage, String(subscription))).toMatchObject({ status: "paid", total: 11_900 });
    expect((await stage.stripe.subscriptions.retrieve(String(subscription))).automatic_tax.enabled).toBe(true);
    const known = await stage.stripe.checkout.sessions.create(params);
    expect([known.amount_total, known.automatic_tax.status]).toEqual([11_900, "complete"]);
  });

  it("takes no rates of its own", async () => {
    const price = await priceOf(stage, 1_000);
    const rate = await stage.stripe.taxRates.create({ display_name: "VAT", inclusive: false, percentage: 5 });
    const create = (tax: { tax_rates?: string[] }, data: { default_tax_rates?: string[] }) =>
      stage.stripe.checkout.sessions.create({
        ...urls,
        ...automatic,
        mode: "subscription",
        line_items: [{ price: price.id, quantity: 1, ...tax }],
        subscription_data: data,
      });
    await expect(create({ tax_rates: [rate.id] }, {})).rejects.toMatchObject({ param: "line_items[0][tax_rates]" });
    await expect(create({}, { default_tax_rates: [rate.id] })).rejects.toMatchObject({
      param: "subscription_data[default_tax_rates]",
    });
  });
});
