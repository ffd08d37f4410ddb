/** Payments attached to an invoice, invoices made again, and the pages of a finalised one. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

async function openInvoice(amount: number, customer?: string) {
  const owner = customer ?? (await customerWithCard(stage)).id;
  const draft = await stage.stripe.invoices.create({ customer: owner, currency: "usd" });
  await stage.stripe.invoiceItems.create({ customer: owner, invoice: draft.id, amount, description: "Work" });
  return stage.stripe.invoices.finalizeInvoice(draft.id);
}

const intentOf = (customer: string, amount: number, confirm: boolean) =>
  stage.stripe.paymentIntents.create({
    customer,
    amount,
    currency: "usd",
    ...(confirm ? { confirm: true, payment_method: "pm_card_visa", return_url: "https://example.com" } : {}),
  });

describe("attached payments", () => {
  it("are credited at once or when they succeed, in part or with a surplus", async () => {
    const invoice = await openInvoice(5_000);
    const customer = String(invoice.customer);
    const paid = await intentOf(customer, 2_000, true);
    await stage.events();
    const partly = await stage.stripe.invoices.attachPayment(invoice.id, {
      payment_intent: paid.id,
      expand: ["payments"],
    });
    expect(partly).toMatchObject({ status: "open", amount_paid: 2_000, amount_remaining: 3_000 });
    expect(partly.payments?.data.map((one) => [one.is_default, one.status, one.amount_paid])).toEqual([
      [false, "paid", 2_000],
      [true, "open", null],
    ]);
    const later = await intentOf(customer, 3_500, false);
    await stage.stripe.invoices.attachPayment(invoice.id, { payment_intent: later.id });
    expect((await stage.stripe.invoices.retrieve(invoice.id)).amount_remaining).toBe(3_000);
    await stage.stripe.paymentIntents.confirm(later.id, {
      payment_method: "pm_card_visa",
      return_url: "https://example.com",
    });
    const after = await stage.stripe.invoices.retrieve(invoice.id, { expand: ["payments"] });
    expect(after).toMatchObject({ status: "paid", amount_paid: 5_000, amount_remaining: 0, amount_overpaid: 500 });
    expect(after.payments?.data.map((one) => one.status).sort()).toEqual(["canceled", "paid", "paid"]);
    expect(await stage.stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
    const types = await stage.events("invoice");
    expect(types.filter((type) => type === "invoice_payment.paid").length).toBe(2);
    expect(types).toEqual(expect.arrayContaining(["invoice.paid", "invoice.payment_succeeded", "invoice.overpaid"]));
  });

  it("leave the rest to the invoice's own payment", async () => {
    const invoice = await openInvoice(5_000);
    const part = await intentOf(String(invoice.customer), 2_000, true);
    await stage.stripe.invoices.attachPayment(invoice.id, { payment_intent: part.id });
    const paid = await stage.stripe.invoices.pay(invoice.id, { forgive: true, expand: ["payments"] });
    expect(paid).toMatchObject({ status: "paid", amount_paid: 5_000 });
    expect(paid.payments?.data.map((one) => one.amount_paid).sort()).toEqual([2_000, 3_000]);
  });

  it("and a credit note together pay an invoice", async () => {
    const invoice = await openInvoice(5_000);
    const part = await intentOf(String(invoice.customer), 2_000, true);
    await stage.stripe.invoices.attachPayment(invoice.id, { payment_intent: part.id });
    await stage.stripe.creditNotes.create({ invoice: invoice.id, amount: 1_000 });
    const lowered = await stage.stripe.invoices.retrieve(invoice.id, { expand: ["payments"] });
    expect(lowered).toMatchObject({ amount_due: 4_000, amount_paid: 2_000, amount_remaining: 2_000 });
    expect(lowered.payments?.data.find((one) => one.is_default)?.amount_requested).toBe(2_000);
    await stage.stripe.creditNotes.create({ invoice: invoice.id, amount: 2_000 });
    expect(await stage.stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: "paid", amount_paid: 2_000 });
  });

  it("must belong to the invoice's customer and to no other invoice", async () => {
    const invoice = await openInvoice(5_000);
    const stranger = await customerWithCard(stage);
    const foreign = await intentOf(stranger.id, 100, false);
    await expect(stage.stripe.invoices.attachPayment(invoice.id, { payment_intent: foreign.id })).rejects.toMatchObject(
      { param: "payment_intent" },
    );
    const other = await openInvoice(5_000);
    const intent = await intentOf(String(other.customer), 5_000, true);
    expect(await stage.stripe.invoices.attachPayment(other.id, { payment_intent: intent.id })).toMatchObject({
      status: "paid",
    });
    await expect(stage.stripe.invoices.attachPayment(other.id, { payment_intent: intent.id })).rejects.toMatchObject({
      code: "invoice_not_editable",
    });
  });
});

describe("a revision", () => {
  it("repeats an open invoice, and replaces it once it is finalised", async () => {
    const customer = await customerWithCard(stage);
    const rate = await taxRateOf(stage, 10);
    const draft = await stage.stripe.invoices.create({ customer: customer.id, default_tax_rates: [rate.id] });
    await stage.stripe.invoices.addLines(draft.id, { lines: [{ amount: 1_000, description: "Work", quantity: 2 }] });
    const original = await stage.stripe.invoices.finalizeInvoice(draft.id);
    const revision = await stage.stripe.invoices.create({
      from_invoice: { action: "revision", invoice: original.id },
      description: "Corrected",
    });
    expect(revision).toMatchObject({
      status: "draft",
      total: original.total,
      description: "Corrected",
      from_invoice: { action: "revision", invoice: original.id },
    });
    const line = revision.lines.data[0];
    await stage.stripe.invoices.updateLineItem(revision.id, line?.id ?? "", { amount: 700 });
    const final = await stage.stripe.invoices.finalizeInvoice(revision.id);
    expect(final).toMatchObject({ status: "open", total: 770 });
    expect(await stage.stripe.invoices.retrieve(original.id)).toMatchObject({
      status: "void",
      latest_revision: revision.id,
    });
    await expect(
      stage.stripe.invoices.create({ from_invoice: { action: "revision", invoice: original.id } }),
    ).rejects.toMatchObject({ param: "from_invoice[invoice]" });
  });
});

describe("the pages of a finalised invoice", () => {
  it("show what is owed, pay it with the saved card, and give it as a PDF", async () => {
    const customer = await customerWithCard(stage);
    const half = await stage.stripe.coupons.create({ percent_off: 50, duration: "once", name: "Half <off>" });
    const draft = await stage.stripe.invoices.create({ customer: customer.id, discounts: [{ coupon: half.id }] });
    expect([draft.hosted_invoice_url, draft.invoice_pdf]).toEqual([null, null]);
    await stage.stripe.invoices.addLines(draft.id, { lines: [{ amount: 9_900, description: "Work (May) €" }] });
    const invoice = await stage.stripe.invoices.finalizeInvoice(draft.id);
    const page = await fetch(invoice.hosted_invoice_url ?? "");
    const html = await page.text();
    expect(page.status).toBe(200);
    for (const text of [
      "$99.00",
      "-$49.50",
      "$49.50",
      "Half &lt;off&gt;",
      "visa ending in 4242",
      invoice.number ?? "",
    ]) {
      expect(html).toContain(text);
    }
    expect(html).not.toContain("<off>");
    const pdf = Buffer.from(await (await fetch(invoice.invoice_pdf ?? "")).arrayBuffer());
    const file = pdf.toString("latin1");
    expect(file.slice(0, 8)).toBe("%PDF-1.4");
    const start = Number(/startxref\n(\d+)/.exec(file)?.[1]);
    expect(file.slice(start, start + 4)).toBe("xref");
    const offsets = [...file.matchAll(/^(\d{10}) 00000 n /gm)].map((entry) => Number(entry[1]));
    expect(offsets.map((offset) => file.slice(offset, offset + 7).replace(/\d+/, "n"))).toEqual(
      offsets.map((_offset, index) => `${index + 1} 0 obj`.slice(0, 7).replace(/\d+/, "n")),
    );
    expect(file).toContain("(Work \\(May\\) \u0080) Tj");
    const paid = await fetch(`${invoice.hosted_invoice_url}/pay`, { method: "POST", redirect: "manual" });
    expect([paid.status, paid.headers.get("location")]).toEqual([303, `/_sandbox/invoices/${invoice.id}`]);
    expect(await stage.stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: "paid" });
    const after = await (await fetch(invoice.hosted_invoice_url ?? "")).text();
    expect(after).toContain("Amount paid");
    expect(after).not.toContain("Pay this invoice");
    expect((await fetch(`${stage.sandbox.url}/_sandbox/invoices/in_gone`)).status).toBe(404);
  });

  it("say why a card was refused, and exist for invoices that time has made", async () => {
    const customer = await customerWithCard(stage, "pm_card_chargeCustomerFail");
    const invoice = await openInvoice(2_000, customer.id);
    const reply = await fetch(`${invoice.hosted_invoice_url}/pay`, { method: "POST" });
    expect(await reply.text()).toContain("Your card was declined.");
    const price = await priceOf(stage, 1_000, "day");
    const payer = await customerWithCard(stage);
    const { id } = await stage.stripe.subscriptions.create({ customer: payer.id, items: [{ price: price.id }] });
    await stage.advanceBy(86_400 + 7_200);
    const { data } = await stage.stripe.invoices.list({ subscription: id });
    expect(data.length).toBe(2);
    for (const one of data) expect((await fetch(one.hosted_invoice_url ?? "")).status).toBe(200);
  });
});
