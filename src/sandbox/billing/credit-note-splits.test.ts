/** However a paid invoice is credited in parts, the parts give back its discounts, taxes and total to the unit. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { customerWithCard, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

const cases = fc.sample(
  fc.record({
    amount: fc.integer({ min: 500, max: 99_999 }),
    percent: fc.integer({ min: 1, max: 60 }),
    off: fc.integer({ min: 1, max: 150 }),
    shares: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 2, maxLength: 5 }),
  }),
  { numRuns: 12, seed: 7 },
);

it.each(cases)("%o", async ({ amount, percent, off, shares }) => {
  const customer = await customerWithCard(stage);
  const rate = await taxRateOf(stage, 8.3);
  const first = await stage.stripe.coupons.create({ percent_off: percent, duration: "once" });
  const second = await stage.stripe.coupons.create({ amount_off: off, currency: "usd", duration: "once" });
  const draft = await stage.stripe.invoices.create({
    customer: customer.id,
    default_tax_rates: [rate.id],
    discounts: [{ coupon: second.id }],
  });
  await stage.stripe.invoices.addLines(draft.id, { lines: [{ amount, discounts: [{ coupon: first.id }] }] });
  await stage.stripe.invoices.finalizeInvoice(draft.id);
  const invoice = await stage.stripe.invoices.pay(draft.id);
  const line = invoice.lines.data[0];
  const sum = shares.reduce((total, share) => total + share, 0);
  let left = amount;
  const notes = [];
  for (const [index, share] of shares.entries()) {
    const part = index === shares.length - 1 ? left : Math.floor((amount * share) / sum);
    left -= part;
    const request = {
      invoice: invoice.id,
      lines: [{ type: "invoice_line_item" as const, invoice_line_item: line?.id ?? "", amount: part }],
    };
    const preview = await stage.stripe.creditNotes.preview({ ...request, credit_amount: 0 }).catch(() => null);
    expect(preview).toBeNull();
    const { total } = await totalOf(request);
    const refund = Math.floor(total / 2);
    notes.push(
      await stage.stripe.creditNotes.create({ ...request, refund_amount: refund, credit_amount: total - refund }),
    );
  }
  const add = (values: number[]) => values.reduce((total, value) => total + value, 0);
  expect(add(notes.map((note) => note.total))).toBe(invoice.total);
  expect(add(notes.map((note) => note.discount_amount))).toBe(
    add((invoice.total_discount_amounts ?? []).map((one) => one.amount)),
  );
  expect(add(notes.flatMap((note) => (note.total_taxes ?? []).map((tax) => tax.amount)))).toBe(
    add((invoice.total_taxes ?? []).map((tax) => tax.amount)),
  );
  const after = await stage.stripe.invoices.retrieve(invoice.id);
  expect(after.post_payment_credit_notes_amount).toBe(invoice.total);
});

/** What a credit note over these lines comes to, tried with everything going out of band. */
async function totalOf(request: {
  invoice: string;
  lines: Array<{ type: "invoice_line_item"; invoice_line_item: string; amount: number }>;
}) {
  const [only] = request.lines;
  const whole = await stage.stripe.invoices.retrieve(request.invoice);
  const line = whole.lines.data[0];
  for (let guess = 0; guess <= 4; guess += 1) {
    const ratio = (only?.amount ?? 0) / (line?.amount ?? 1);
    for (const near of [Math.floor(whole.total * ratio) + guess, Math.floor(whole.total * ratio) - guess]) {
      const found = await stage.stripe.creditNotes.preview({ ...request, out_of_band_amount: near }).catch(() => null);
      if (found) return found;
    }
  }
  throw new Error("no total was accepted");
}
