import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-05-01T00:00:00Z");
});
afterAll(() => stage.close());

/** A finalised invoice over 1000 with 8 % tax on top, and its line. */
async function openInvoice(amount = 1_000): Promise<{ invoice: Stripe.Invoice; line: string; customer: string }> {
  const customer = await customerWithCard(stage);
  const rate = await taxRateOf(stage, 8);
  const draft = await stage.stripe.invoices.create({ customer: customer.id, default_tax_rates: [rate.id] });
  await stage.stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id ?? "", amount, currency: "usd" });
  const invoice = await stage.stripe.invoices.finalizeInvoice(draft.id ?? "");
  return { invoice, line: invoice.lines.data[0]?.id ?? "", customer: customer.id };
}

async function paidInvoice(amount = 1_000) {
  const { invoice, ...rest } = await openInvoice(amount);
  return { invoice: await stage.stripe.invoices.pay(invoice.id ?? ""), ...rest };
}

describe("a credit note after payment", () => {
  it("refunds, credits and accounts for the whole amount, to the unit", async () => {
    const { creditNotes, customers, invoices } = stage.stripe;
    const { invoice, line, customer } = await paidInvoice();
    const id = invoice.id ?? "";
    const lines = [{ type: "invoice_line_item" as const, invoice_line_item: line, amount: 500 }];
    const preview = await creditNotes.preview({ invoice: id, lines, refund_amount: 540 });
    expect(preview).toMatchObject({ subtotal: 500, total: 540, total_excluding_tax: 500, refunds: [] });
    expect((await creditNotes.list({ invoice: id })).data).toEqual([]);
    await stage.events();
    const note = await creditNotes.create({
      invoice: id,
      lines,
      refund_amount: 300,
      credit_amount: 200,
      out_of_band_amount: 40,
      reason: "order_change",
      memo: "half of it",
    });
    expect(note).toMatchObject({
      amount: 540,
      number: `${invoice.number}-CN-01`,
      type: "post_payment",
      post_payment_amount: 540,
      total_taxes: [{ amount: 40, taxable_amount: 500 }],
      refunds: [{ amount_refunded: 300, type: "refund" }],
    });
    expect(await stage.events()).toEqual([
      "refund.created",
      "charge.refunded",
      "customer.updated",
      "credit_note.created",
      "invoice.updated",
    ]);
    expect((await customers.retrieve(customer)) as Stripe.Customer).toMatchObject({ balance: -200 });
    const [movement] = (await customers.listBalanceTransactions(customer)).data;
    expect(movement).toMatchObject({ type: "credit_note", credit_note: note.id, amount: -200 });
    expect(await invoices.retrieve(id)).toMatchObject({
      status: "paid",
      amount_due: 1_080,
      post_payment_credit_notes_amount: 540,
    });
    await expect(creditNotes.voidCreditNote(note.id)).rejects.toMatchObject({ statusCode: 400 });
    await expect(
      creditNotes.create({ invoice: id, lines: [{ ...lines[0], type: "invoice_line_item", amount: 501 }] }),
    ).rejects.toMatchObject({ param: "lines[0][amount]" });
    await expect(creditNotes.create({ invoice: id, amount: 100, refund_amount: 99 })).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(creditNotes.create({ invoice: id, amount: 541, credit_amount: 541 })).rejects.toMatchObject({
      param: "amount",
    });
  });

  it("gives a line's tax back exactly, however many parts it is taken in", async () => {
    const { invoice, line } = await paidInvoice(1_031);
    const taxes: unknown[] = [];
    for (const [amount, tax] of [
      [344, 27],
      [344, 28],
      [343, 27],
    ] as const) {
      const note = await stage.stripe.creditNotes.create({
        invoice: invoice.id ?? "",
        lines: [{ type: "invoice_line_item", invoice_line_item: line, amount }],
        credit_amount: amount + tax,
      });
      taxes.push(note.total_taxes?.[0]?.amount);
    }
    expect([invoice.total, taxes]).toEqual([1_031 + 82, [27, 28, 27]]);
  });

  it("accounts for a refund that was made before, once", async () => {
    const { creditNotes, invoicePayments, refunds } = stage.stripe;
    const { invoice } = await paidInvoice();
    const [payment] = (await invoicePayments.list({ invoice: invoice.id ?? "" })).data;
    const refund = await refunds.create({ payment_intent: String(payment?.payment.payment_intent), amount: 250 });
    const wanted = { invoice: invoice.id ?? "", amount: 250, refunds: [{ refund: refund.id }] };
    expect(await creditNotes.create(wanted)).toMatchObject({
      refunds: [{ refund: refund.id, amount_refunded: 250 }],
    });
    await expect(creditNotes.create(wanted)).rejects.toMatchObject({ param: "refunds[0]" });
  });
});

describe("a credit note before payment", () => {
  it("lowers what is due and collected, and puts it back when voided", async () => {
    const { creditNotes, invoices } = stage.stripe;
    const { invoice } = await openInvoice();
    const id = invoice.id ?? "";
    const custom = {
      type: "custom_line_item" as const,
      description: "Late",
      unit_amount_decimal: "12.5" as unknown as Stripe.Decimal,
      quantity: 4,
    };
    const note = await creditNotes.create({ invoice: id, lines: [custom] });
    expect(note).toMatchObject({ type: "pre_payment", amount: 50, pre_payment_amount: 50, status: "issued" });
    expect(await invoices.retrieve(id)).toMatchObject({
      amount_due: 1_030,
      amount_remaining: 1_030,
      pre_payment_credit_notes_amount: 50,
      total: 1_080,
    });
    await expect(creditNotes.create({ invoice: id, amount: 10, refund_amount: 10 })).rejects.toMatchObject({
      param: "refund_amount",
    });
    expect(await creditNotes.voidCreditNote(note.id)).toMatchObject({ status: "void", voided_at: stage.now() });
    await creditNotes.create({ invoice: id, amount: 80 });
    const paid = await invoices.pay(id, { expand: ["payments.data.payment.payment_intent"] });
    expect(paid).toMatchObject({ status: "paid", amount_paid: 1_000 });
    expect(paid.payments?.data[0]?.payment.payment_intent).toMatchObject({ amount_received: 1_000 });
  });

  it("pays an invoice that is credited whole", async () => {
    const { creditNotes, invoices } = stage.stripe;
    const { invoice, line } = await openInvoice();
    await stage.events();
    await creditNotes.create({
      invoice: invoice.id ?? "",
      lines: [{ type: "invoice_line_item", invoice_line_item: line }],
    });
    expect(await stage.events("invoice.")).toEqual(["invoice.updated", "invoice.updated", "invoice.paid"]);
    expect(await invoices.retrieve(invoice.id ?? "")).toMatchObject({ status: "paid", amount_due: 0, amount_paid: 0 });
  });

  it("is refused on drafts, and its own fields change alone", async () => {
    const { creditNotes, invoices } = stage.stripe;
    const customer = await customerWithCard(stage);
    const draft = await invoices.create({ customer: customer.id });
    await expect(creditNotes.create({ invoice: draft.id ?? "", amount: 1 })).rejects.toMatchObject({
      param: "invoice",
    });
    const { invoice } = await openInvoice();
    const note = await creditNotes.create({ invoice: invoice.id ?? "", amount: 100 });
    await stage.events();
    expect(await creditNotes.update(note.id, { memo: "sorry" })).toMatchObject({ memo: "sorry" });
    expect(await stage.events()).toEqual(["credit_note.updated"]);
    expect((await creditNotes.listLineItems(note.id)).data).toMatchObject([{ amount: 100, type: "custom_line_item" }]);
    const lines = await creditNotes.listPreviewLineItems({ invoice: invoice.id ?? "", amount: 7 });
    expect(lines.data).toMatchObject([{ amount: 7 }]);
    expect(await creditNotes.retrieve(note.id, { expand: ["invoice"] })).toMatchObject({ invoice: { id: invoice.id } });
  });
});
