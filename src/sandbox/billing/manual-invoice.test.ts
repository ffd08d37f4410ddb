import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, day, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-05-01T00:00:00Z");
});
afterAll(() => stage.close());

const idOf = (invoice: Stripe.Invoice) => invoice.id ?? "";

async function draftOf(customer: string, amount: number, more: Stripe.InvoiceCreateParams = {}) {
  const draft = await stage.stripe.invoices.create({ customer, ...more });
  await stage.stripe.invoiceItems.create({ customer, invoice: idOf(draft), amount, currency: "usd" });
  return stage.stripe.invoices.retrieve(idOf(draft));
}

describe("invoices by hand", () => {
  it("collects pending items only when asked, finalises with the next number, and is paid by the default card", async () => {
    const customer = await customerWithCard(stage);
    await stage.stripe.invoiceItems.create({
      customer: customer.id,
      amount: 1_200,
      currency: "usd",
      description: "Setup",
    });
    const empty = await stage.stripe.invoices.create({ customer: customer.id });
    expect(empty).toMatchObject({
      status: "draft",
      auto_advance: false,
      billing_reason: "manual",
      total: 0,
      parent: null,
    });
    const draft = await stage.stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: "include",
    });
    expect(draft.lines.data).toMatchObject([
      { description: "Setup", amount: 1_200, parent: { type: "invoice_item_details" } },
    ]);
    expect((await stage.stripe.invoiceItems.list({ customer: customer.id, pending: true })).data).toEqual([]);
    const open = await stage.stripe.invoices.finalizeInvoice(idOf(draft));
    expect(open).toMatchObject({ status: "open", number: `${customer.invoice_prefix}-0001`, amount_due: 1_200 });
    const paid = await stage.stripe.invoices.pay(idOf(draft), { expand: ["payments.data.payment.payment_intent"] });
    expect(paid).toMatchObject({ status: "paid", amount_paid: 1_200, status_transitions: { paid_at: stage.now() } });
    expect(paid.payments?.data[0]?.payment.payment_intent).toMatchObject({ status: "succeeded", amount: 1_200 });
    await expect(stage.stripe.invoices.pay(idOf(draft))).rejects.toMatchObject({ code: "invoice_already_paid" });
    await expect(stage.stripe.invoices.finalizeInvoice(idOf(draft))).rejects.toMatchObject({ statusCode: 400 });
  });

  it("keeps numbers unique, whoever gave them", async () => {
    const customer = await customerWithCard(stage);
    const first = await draftOf(customer.id, 100, { number: "INV-2026-05-demo" });
    expect(first.number).toBe("INV-2026-05-demo");
    await expect(
      stage.stripe.invoices.create({ customer: customer.id, number: "INV-2026-05-demo" }),
    ).rejects.toMatchObject({
      param: "number",
    });
    const taken = await draftOf(customer.id, 100, { number: `${customer.invoice_prefix}-0001` });
    const second = await draftOf(customer.id, 100);
    expect((await stage.stripe.invoices.finalizeInvoice(idOf(second))).number).toBe(`${customer.invoice_prefix}-0002`);
    expect(taken.number).toBe(`${customer.invoice_prefix}-0001`);
  });

  it("taxes items by their own rates, else by the invoice's, and follows a change of these", async () => {
    const customer = await customerWithCard(stage);
    const [eight, ten] = [await taxRateOf(stage, 8), await taxRateOf(stage, 10)];
    const draft = await stage.stripe.invoices.create({ customer: customer.id, default_tax_rates: [eight.id] });
    const item = { customer: customer.id, invoice: idOf(draft), currency: "usd" };
    await stage.stripe.invoiceItems.create({ ...item, amount: 1_000 });
    await stage.stripe.invoiceItems.create({ ...item, amount: 2_000, tax_rates: [ten.id] });
    const taxed = await stage.stripe.invoices.retrieve(idOf(draft));
    expect(taxed.total_taxes?.map((tax) => tax.amount)).toEqual([80, 200]);
    const changed = await stage.stripe.invoices.update(idOf(draft), { default_tax_rates: "" });
    expect([changed.total_taxes?.map((tax) => tax.amount), changed.total]).toEqual([[200], 3_200]);
  });

  it("changes and deletes items on a draft, and adds the draft up each time", async () => {
    const customer = await customerWithCard(stage);
    const draft = await stage.stripe.invoices.create({ customer: customer.id });
    const price = await stage.stripe.prices.create({
      currency: "usd",
      unit_amount: 250,
      product_data: { name: "Hour" },
    });
    const item = await stage.stripe.invoiceItems.create({
      customer: customer.id,
      invoice: idOf(draft),
      pricing: { price: price.id },
      quantity: 3,
    });
    expect(item).toMatchObject({ amount: 750, description: "Hour", invoice: draft.id });
    const more = await stage.stripe.invoiceItems.update(item.id, { quantity: 4, description: "Hours in May" });
    expect(more.amount).toBe(1_000);
    const added = await stage.stripe.invoices.addLines(idOf(draft), {
      lines: [{ amount: 500, description: "Travel", metadata: { trip: "1" } }],
    });
    expect(added.lines.data.map((line) => [line.description, line.amount])).toEqual([
      ["Hours in May", 1_000],
      ["Travel", 500],
    ]);
    expect((await stage.stripe.invoices.listLineItems(idOf(draft))).data).toHaveLength(2);
    await stage.stripe.invoiceItems.del(item.id);
    expect(await stage.stripe.invoices.retrieve(idOf(draft))).toMatchObject({
      subtotal: 500,
      total: 500,
      amount_due: 500,
    });
    await stage.stripe.invoices.finalizeInvoice(idOf(draft));
    const onPaper = await stage.stripe.invoices.retrieve(idOf(draft));
    expect(onPaper.status).toBe("open");
    await expect(stage.stripe.invoices.addLines(idOf(draft), { lines: [{ amount: 1 }] })).rejects.toMatchObject({
      code: "invoice_not_editable",
    });
  });

  it("voids, gives up and deletes within the rules", async () => {
    const customer = await customerWithCard(stage, "pm_card_chargeCustomerFail");
    const voided = await draftOf(customer.id, 1_000);
    await stage.stripe.invoices.finalizeInvoice(idOf(voided));
    await stage.events();
    expect((await stage.stripe.invoices.voidInvoice(idOf(voided))).status).toBe("void");
    expect(await stage.events()).toEqual(["payment_intent.canceled", "invoice.updated", "invoice.voided"]);
    await expect(stage.stripe.invoices.voidInvoice(idOf(voided))).rejects.toMatchObject({ statusCode: 400 });
    const lost = await draftOf(customer.id, 1_000);
    await stage.stripe.invoices.finalizeInvoice(idOf(lost));
    await expect(stage.stripe.invoices.pay(idOf(lost))).rejects.toMatchObject({
      statusCode: 402,
      code: "card_declined",
    });
    expect((await stage.stripe.invoices.markUncollectible(idOf(lost))).status).toBe("uncollectible");
    expect((await stage.stripe.invoices.pay(idOf(lost), { paid_out_of_band: true })).status).toBe("paid");
    await expect(stage.stripe.invoices.del(idOf(lost))).rejects.toMatchObject({ code: "invoice_not_editable" });
    const draft = await draftOf(customer.id, 700);
    expect(await stage.stripe.invoices.del(idOf(draft))).toMatchObject({ deleted: true });
    expect((await stage.stripe.invoiceItems.list({ customer: customer.id, pending: true })).data).toHaveLength(1);
    await expect(stage.stripe.invoices.retrieve(idOf(draft))).rejects.toMatchObject({ statusCode: 404 });
  });

  it("applies credit, carries what is too small to charge, and gives credit back when voided", async () => {
    const customer = await customerWithCard(stage);
    await stage.stripe.customers.update(customer.id, { balance: -300 });
    const partly = await draftOf(customer.id, 1_000);
    expect(partly).toMatchObject({ starting_balance: -300, amount_due: 700, ending_balance: null });
    expect(await stage.stripe.invoices.finalizeInvoice(idOf(partly))).toMatchObject({
      amount_due: 700,
      ending_balance: 0,
    });
    await stage.stripe.invoices.voidInvoice(idOf(partly));
    expect(await stage.stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -300 });
    const tiny = await draftOf(customer.id, 310);
    const small = await stage.stripe.invoices.finalizeInvoice(idOf(tiny));
    expect(small).toMatchObject({ status: "paid", total: 310, amount_due: 0, ending_balance: 10 });
    expect(await stage.stripe.customers.retrieve(customer.id)).toMatchObject({ balance: 10 });
  });

  it("has due dates only when it is sent", async () => {
    const customer = await customerWithCard(stage);
    await expect(stage.stripe.invoices.create({ customer: customer.id, days_until_due: 15 })).rejects.toMatchObject({
      param: "days_until_due",
    });
    const draft = await draftOf(customer.id, 1_000, { collection_method: "send_invoice", days_until_due: 15 });
    expect(draft.due_date).toBe(stage.now() + 15 * day);
    await stage.events();
    expect((await stage.stripe.invoices.sendInvoice(idOf(draft))).status).toBe("open");
    expect(await stage.events()).toContain("invoice.sent");
  });

  it("advances by itself when told to", async () => {
    const customer = await customerWithCard(stage);
    const draft = await draftOf(customer.id, 1_000, { auto_advance: true });
    expect(draft.automatically_finalizes_at).toBe(stage.now() + 3_600);
    await stage.advanceBy(3_600);
    expect(await stage.stripe.invoices.retrieve(idOf(draft))).toMatchObject({ status: "paid", attempt_count: 1 });
  });

  it("previews extra items with the renewal, and a subscription that does not exist yet, and stores neither", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 29_900, "month", "Professional");
    const rate = await taxRateOf(stage, 8);
    const unborn = await stage.stripe.invoices.createPreview({
      customer: customer.id,
      subscription_details: { items: [{ price: price.id, quantity: 2 }], default_tax_rates: [rate.id] },
    });
    expect(unborn).toMatchObject({ subtotal: 59_800, total: 64_584, status: "draft", billing_reason: "upcoming" });
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      default_tax_rates: [rate.id],
    });
    const preview = await stage.stripe.invoices.createPreview({
      subscription: id,
      invoice_items: [
        { amount: 2_250, currency: "usd", description: "45 quantum jobs", metadata: { meter: "quantum_job" } },
        { amount: 125, currency: "usd", description: "12.5 GB of storage" },
        { amount: 125, currency: "usd", description: "1,247 API calls" },
      ],
    });
    expect([preview.subtotal, preview.total_taxes?.[0]?.amount, preview.total]).toEqual([32_400, 2_592, 34_992]);
    expect(preview.lines.data.every((line) => line.id.startsWith("il_tmp_"))).toBe(true);
    expect((await stage.stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
    expect((await stage.stripe.invoiceItems.list({ customer: customer.id })).data).toHaveLength(0);
    await stage.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await expect(stage.stripe.invoices.createPreview({ subscription: id })).rejects.toMatchObject({
      code: "invoice_upcoming_none",
    });
    const ending = await stage.stripe.invoices.createPreview({
      subscription: id,
      subscription_details: { cancel_now: true },
    });
    expect(ending.total).toBe(-32_292);
  });
});
