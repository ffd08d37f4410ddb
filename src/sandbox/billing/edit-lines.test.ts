/** Lines of a draft changed and removed one by one, and taxes that were calculated elsewhere. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, day, latestInvoice, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

const vat = { display_name: "VAT", inclusive: false, percentage: 7.5 };

async function draftOf(...amounts: number[]) {
  const customer = await customerWithCard(stage);
  const invoice = await stage.stripe.invoices.create({ customer: customer.id });
  return stage.stripe.invoices.addLines(invoice.id, {
    lines: amounts.map((amount) => ({ amount, description: `Line ${amount}` })),
  });
}

describe("lines of a draft", () => {
  it("are changed together, and the invoice adds up again, told once", async () => {
    const draft = await draftOf(1_000, 2_000);
    const half = await stage.stripe.coupons.create({ percent_off: 50, duration: "once" });
    const [first, second] = draft.lines.data;
    await stage.events();
    const changed = await stage.stripe.invoices.updateLines(draft.id, {
      lines: [
        { id: first?.id ?? "", amount: 1_500, description: "Dearer", metadata: { a: "1" } },
        { id: second?.id ?? "", discounts: [{ coupon: half.id }] },
      ],
      invoice_metadata: { edited: "yes" },
    });
    expect(await stage.events("invoice.")).toEqual(["invoice.updated"]);
    expect([changed.subtotal, changed.total, changed.metadata]).toEqual([3_500, 2_500, { edited: "yes" }]);
    expect(changed.lines.data[0]).toMatchObject({ id: first?.id, description: "Dearer", metadata: { a: "1" } });
    const line = await stage.stripe.invoices.updateLineItem(draft.id, second?.id ?? "", { quantity: 3 });
    expect([line.quantity, line.amount]).toEqual([3, 6_000]);
    expect((await stage.stripe.invoices.retrieve(draft.id)).total).toBe(4_500);
    await expect(stage.stripe.invoices.updateLineItem(draft.id, "il_gone", { amount: 1 })).rejects.toMatchObject({
      code: "resource_missing",
    });
    await stage.stripe.invoices.finalizeInvoice(draft.id);
    await expect(
      stage.stripe.invoices.updateLineItem(draft.id, second?.id ?? "", { quantity: 1 }),
    ).rejects.toMatchObject({ code: "invoice_not_editable" });
  });

  it("are removed with their item, or leave it waiting", async () => {
    const draft = await draftOf(1_000, 2_000, 4_000);
    const [first, second] = draft.lines.data;
    const left = await stage.stripe.invoices.removeLines(draft.id, {
      lines: [
        { id: first?.id ?? "", behavior: "delete" },
        { id: second?.id ?? "", behavior: "unassign" },
      ],
    });
    expect(left.lines.data.map((line) => line.amount)).toEqual([4_000]);
    expect(left.total).toBe(4_000);
    const waiting = await stage.stripe.invoiceItems.list({ customer: String(draft.customer), pending: true });
    expect(waiting.data.map((item) => item.amount)).toEqual([2_000]);
  });

  it("carry tax amounts that were calculated elsewhere, and not beside tax rates", async () => {
    const draft = await draftOf(1_000, 2_000);
    const [first, second] = draft.lines.data;
    const taxed = await stage.stripe.invoices.updateLines(draft.id, {
      lines: [
        { id: first?.id ?? "", tax_amounts: [{ amount: 74, taxable_amount: 1_000, tax_rate_data: vat }] },
        { id: second?.id ?? "", tax_amounts: [{ amount: 151, taxable_amount: 2_000, tax_rate_data: vat }] },
      ],
    });
    expect([taxed.subtotal, taxed.total, taxed.total_taxes?.length]).toEqual([3_000, 3_225, 1]);
    expect(taxed.total_taxes?.[0]).toMatchObject({ amount: 225, taxable_amount: 3_000 });
    const rate = taxed.total_taxes?.[0]?.tax_rate_details?.tax_rate ?? "";
    expect(await stage.stripe.taxRates.retrieve(rate)).toMatchObject({ active: false, percentage: 7.5 });
    const cleared = await stage.stripe.invoices.updateLines(draft.id, {
      lines: [{ id: first?.id ?? "", tax_amounts: "" }],
    });
    expect(cleared.total).toBe(3_151);
    const ten = await taxRateOf(stage, 10);
    await expect(
      stage.stripe.invoices.updateLineItem(draft.id, first?.id ?? "", {
        tax_rates: [ten.id],
        tax_amounts: [{ amount: 1, taxable_amount: 10, tax_rate_data: vat }],
      }),
    ).rejects.toMatchObject({ param: "tax_amounts" });
    const added = await stage.stripe.invoices.addLines(draft.id, {
      lines: [{ amount: 500, tax_amounts: [{ amount: 40, taxable_amount: 500, tax_rate_data: vat }] }],
    });
    expect(added.total).toBe(3_151 + 540);
  });

  it("of a renewal can be corrected in its first hour, and later credits give back what was billed", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 3_000);
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    await stage.advanceBy((items.data[0]?.current_period_end ?? 0) - stage.now() + 60);
    const draft = await latestInvoice(stage, id);
    expect(draft.status).toBe("draft");
    const line = draft.lines.data[0]?.id ?? "";
    await stage.stripe.invoices.updateLineItem(draft.id, line, { amount: 1_000, tax_rates: [] });
    await stage.advanceBy(2 * 3_600);
    expect(await latestInvoice(stage, id)).toMatchObject({ status: "paid", total: 1_000 });
    const [item] = (await stage.stripe.subscriptions.retrieve(id)).items.data;
    const middle = ((item?.current_period_start ?? 0) + (item?.current_period_end ?? 0)) / 2;
    await stage.advanceBy(middle - stage.now());
    await stage.stripe.subscriptions.cancel(id, { prorate: true });
    const pending = await stage.stripe.invoiceItems.list({ customer: customer.id, pending: true });
    expect(pending.data.map((one) => one.amount)).toEqual([-500]);
    await stage.advanceBy(day);
  });
});

describe("looks and times of a draft", () => {
  it("are kept, and a draft finalises itself when it was told to", async () => {
    const customer = await customerWithCard(stage);
    const soon = stage.now() + 3 * day;
    const draft = await stage.stripe.invoices.create({
      customer: customer.id,
      automatically_finalizes_at: soon,
      custom_fields: [{ name: "Order", value: "7" }],
      payment_settings: { payment_method_types: ["card"] },
      rendering: { amount_tax_display: "exclude_tax", pdf: { page_size: "a4" } },
    });
    expect(draft).toMatchObject({
      automatically_finalizes_at: soon,
      auto_advance: true,
      custom_fields: [{ name: "Order", value: "7" }],
      rendering: { amount_tax_display: "exclude_tax", pdf: { page_size: "a4" } },
    });
    await stage.stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id, amount: 900 });
    expect(await stage.stripe.invoices.update(draft.id, { custom_fields: "" })).toMatchObject({ custom_fields: null });
    await stage.advanceBy(3 * day + 60);
    expect(await stage.stripe.invoices.retrieve(draft.id)).toMatchObject({ status: "paid", amount_paid: 900 });
  });
});
