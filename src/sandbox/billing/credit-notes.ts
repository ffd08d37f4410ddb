/**
 * Credit notes: taking back part of a finalised invoice.
 *
 * Owns: how much may be credited, where it goes, and what that does to the invoice.
 *
 *   open invoice   less is due; a fully credited one is paid by it
 *   paid invoice   refund + credit to the balance + out of band = the credited total, to the unit
 *
 * Refuses: the amounts of lines (credit-note-lines.ts) and the movement of money (payments/refunds.ts).
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { checkStep } from "../payments/currency-step";
import { createRefund } from "../payments/refunds";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { moveBalance } from "./balance";
import { type CreditLineInput, creditLines, plainLine } from "./credit-note-lines";
import { defaultIntent, defaultPayment } from "./invoice-payments";
import { customerOf, loadLines, nowOf, reviseInvoice } from "./records";
import { markPaid } from "./settle";
import { setDelinquent } from "./subscription-status";
import { sumLines } from "./totals";
import { wholeList } from "./wire";

/** A requested credit note. Exactly one of `amount` and `lines` says what is credited. */
export interface CreditNoteInput {
  invoice: string;
  amount?: number | undefined;
  lines?: CreditLineInput[] | undefined;
  refund_amount?: number | undefined;
  credit_amount?: number | undefined;
  out_of_band_amount?: number | undefined;
  refunds?: Array<{ refund?: string | undefined; amount_refunded?: number | undefined }> | undefined;
  effective_at?: number | undefined;
  memo?: string | undefined;
  reason?: Stripe.CreditNote.Reason | undefined;
  metadata?: Record<string, string> | undefined;
}

/** Credit notes of an invoice that were not voided, newest first. */
function standing(tx: Transaction, invoice: string): Stripe.CreditNote[] {
  return tx.listBy("credit_note", "invoice", invoice).filter((note) => note.status === "issued");
}

/** The credit note a request would make, with nothing stored and no money moved. */
export function draftCreditNote(tx: Transaction, input: CreditNoteInput): Stripe.CreditNote {
  const invoice = tx.get("invoice", input.invoice, "invoice");
  if (invoice.status !== "open" && invoice.status !== "paid") {
    throw invalidRequest(`You can only create credit notes for open or paid invoices; this one is ${invoice.status}.`, {
      param: "invoice",
    });
  }
  const lines = linesOf(tx, invoice, input);
  const sums = sumLines(lines);
  checkStep(sums.total, invoice.currency, input.amount === undefined ? "lines" : "amount");
  checkStep(input.credit_amount, invoice.currency, "credit_amount");
  checkTotal(invoice, sums.total);
  const refunds = linkedRefunds(tx, invoice, input.refunds ?? []);
  checkDestinations(invoice, input, sums.total, refunds);
  const isPost = invoice.status === "paid";
  const now = nowOf(tx, invoice);
  const sequence = tx.listBy("credit_note", "invoice", invoice.id).length + 1;
  const id = tx.newId("cn");
  return {
    id,
    object: "credit_note",
    amount: sums.total,
    amount_shipping: 0,
    created: now,
    currency: invoice.currency,
    customer: idOf(invoice.customer) ?? "",
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: lines.reduce((sum, line) => sum + line.discount_amount, 0),
    discount_amounts: sums.total_discount_amounts ?? [],
    effective_at: input.effective_at ?? now,
    invoice: invoice.id,
    lines: wholeList(lines, `/v1/credit_notes/${id}/lines`),
    livemode: false,
    memo: input.memo ?? null,
    metadata: input.metadata ?? {},
    number: `${invoice.number ?? invoice.id}-CN-${String(sequence).padStart(2, "0")}`,
    out_of_band_amount: input.out_of_band_amount ?? null,
    // The sandbox draws no documents.
    pdf: "",
    post_payment_amount: isPost ? sums.total : 0,
    pre_payment_amount: isPost ? 0 : sums.total,
    pretax_credit_amounts: (sums.total_discount_amounts ?? []).map((one) => ({ ...one, type: "discount" as const })),
    reason: input.reason ?? null,
    refunds,
    shipping_cost: null,
    status: "issued",
    subtotal: sums.subtotal,
    subtotal_excluding_tax: sums.subtotal_excluding_tax,
    total: sums.total,
    total_excluding_tax: sums.total_excluding_tax,
    total_taxes: sums.total_taxes,
    type: isPost ? "post_payment" : "pre_payment",
    voided_at: null,
  };
}

/** Issues a credit note: moves the money it names, and tells the invoice. */
export function issueCreditNote(tx: Transaction, input: CreditNoteInput): Stripe.CreditNote {
  const draft = draftCreditNote(tx, input);
  const invoice = tx.get("invoice", input.invoice, "invoice");
  const refunds = [...draft.refunds];
  if ((input.refund_amount ?? 0) > 0) {
    const refund = createRefund(tx, { charge: chargeOf(tx, invoice), amountMinor: input.refund_amount });
    refunds.push({ amount_refunded: refund.amount, payment_record_refund: null, refund: refund.id, type: "refund" });
  }
  const movement =
    (input.credit_amount ?? 0) > 0
      ? moveBalance(tx, customerOf(tx, invoice), -(input.credit_amount ?? 0), "credit_note", invoice.id, draft.id)
      : null;
  const note = tx.put("credit_note", { ...draft, refunds, customer_balance_transaction: movement?.id ?? null });
  tx.emit("credit_note.created", note);
  if (note.pre_payment_amount > 0) lowerDue(tx, invoice, note.pre_payment_amount);
  else {
    reviseInvoice(tx, tx.get("invoice", invoice.id), {
      post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + note.post_payment_amount,
    });
  }
  return note;
}

/** Voids a credit note of an invoice that is still open: what it had taken off is due again. */
export function voidCreditNote(tx: Transaction, note: Stripe.CreditNote): Stripe.CreditNote {
  const invoice = tx.get("invoice", idOf(note.invoice) ?? "");
  if (note.status === "void") throw invalidRequest("This credit note has already been voided.");
  if (invoice.status !== "open") {
    throw invalidRequest("You can only void a credit note while its invoice is open.");
  }
  const voided = tx.put("credit_note", { ...note, status: "void", voided_at: nowOf(tx, invoice) });
  tx.emit("credit_note.voided", voided);
  lowerDue(tx, invoice, -note.pre_payment_amount);
  return voided;
}

function linesOf(tx: Transaction, invoice: Stripe.Invoice, input: CreditNoteInput): Stripe.CreditNoteLineItem[] {
  const { amount, lines } = input;
  if ((amount === undefined) === (lines === undefined || lines.length === 0)) {
    throw invalidRequest(
      amount === undefined
        ? "You must specify one of these parameters: amount, lines."
        : "You may only specify one of these parameters: amount, lines.",
      { param: amount === undefined ? "amount" : "lines" },
    );
  }
  const credited = standing(tx, invoice.id).flatMap((note) => note.lines.data);
  if (amount !== undefined) return [plainLine({ tx, invoice, credited }, amount)];
  checkCalculated(invoice, lines ?? []);
  return creditLines({ tx, invoice, invoiceLines: loadLines(tx, invoice.id), credited }, lines ?? []);
}

/** The taxes of an invoice that calculates them are nobody else's to state. */
function checkCalculated(invoice: Stripe.Invoice, lines: readonly CreditLineInput[]): void {
  if (!invoice.automatic_tax.enabled) return;
  for (const [index, line] of lines.entries()) {
    const wrong = line.type === "custom_line_item" ? "type" : line.tax_amounts === undefined ? null : "tax_amounts";
    if (wrong === null) continue;
    throw invalidRequest(
      `lines[${index}][${wrong}] cannot be used for an invoice with automatic_tax[enabled]=true: custom lines and tax amounts are not valid there.`,
      { param: `lines[${index}][${wrong}]` },
    );
  }
}

function checkTotal(invoice: Stripe.Invoice, total: number): void {
  const before = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount;
  const left = invoice.total - before;
  const most = invoice.status === "open" ? Math.min(left, invoice.amount_remaining) : left;
  if (total > most) {
    throw invalidRequest(`The credit note's amount, ${total}, exceeds what can be credited on the invoice, ${most}.`, {
      param: "amount",
    });
  }
}

/** Whether the destinations add up to what is credited after payment; before it, no money can go anywhere. */
function checkDestinations(
  invoice: Stripe.Invoice,
  input: CreditNoteInput,
  total: number,
  refunds: readonly Stripe.CreditNote.Refund[],
): void {
  const { refund_amount: refund = 0, credit_amount: credit = 0, out_of_band_amount: outOfBand = 0 } = input;
  const linked = refunds.reduce((sum, one) => sum + one.amount_refunded, 0);
  const sum = refund + credit + outOfBand + linked;
  if (invoice.status === "open") {
    if (sum === 0) return;
    throw invalidRequest(
      "The invoice has not been paid: refund_amount, credit_amount, out_of_band_amount and refunds cannot be given.",
      { param: refund > 0 ? "refund_amount" : credit > 0 ? "credit_amount" : "out_of_band_amount" },
    );
  }
  if (sum !== total) {
    throw invalidRequest(
      `The sum of refund amount (${refund + linked}), credit amount (${credit}) and out of band amount (${outOfBand}) must equal the credit note's amount after payment (${total}).`,
    );
  }
}

/** Refunds made before, named so that the credit note accounts for them. Each can be accounted for once. */
function linkedRefunds(
  tx: Transaction,
  invoice: Stripe.Invoice,
  given: NonNullable<CreditNoteInput["refunds"]>,
): Stripe.CreditNote.Refund[] {
  const spent = new Map<string, number>();
  for (const one of tx.listBy("credit_note", "invoice", invoice.id).flatMap((note) => note.refunds)) {
    const id = idOf(one.refund) ?? "";
    spent.set(id, (spent.get(id) ?? 0) + one.amount_refunded);
  }
  const intent = defaultIntent(tx, invoice.id)?.id ?? null;
  return given.map((one, index) => {
    const param = `refunds[${index}]`;
    if (one.refund === undefined) {
      throw invalidRequest(`Missing required param: ${param}[refund].`, {
        code: "parameter_missing",
        param: `${param}[refund]`,
      });
    }
    const refund = tx.get("refund", one.refund, `${param}[refund]`);
    const used = spent.get(refund.id) ?? 0;
    const amount = one.amount_refunded ?? refund.amount - used;
    if (intent === null || idOf(refund.payment_intent) !== intent) {
      throw invalidRequest(`The refund ${refund.id} is not for a payment of this invoice.`, { param });
    }
    if (amount <= 0 || used + amount > refund.amount) {
      throw invalidRequest(`The refund ${refund.id} has ${refund.amount - used} left for credit notes.`, { param });
    }
    spent.set(refund.id, used + amount);
    return { amount_refunded: amount, payment_record_refund: null, refund: refund.id, type: "refund" };
  });
}

function chargeOf(tx: Transaction, invoice: Stripe.Invoice): Stripe.Charge {
  const charge = idOf(defaultIntent(tx, invoice.id)?.latest_charge);
  const found = charge === null ? undefined : tx.find("charge", charge);
  if (found === undefined || found.status !== "succeeded") {
    throw invalidRequest("The invoice has no payment that could be refunded.", { param: "refund_amount" });
  }
  return found;
}

/** Takes an amount off what an open invoice collects (a negative one puts it back). Nothing left means paid. */
function lowerDue(tx: Transaction, before: Stripe.Invoice, amount: number): void {
  // Part of it may have been paid by an attached payment already.
  const remaining = before.amount_remaining - amount;
  const invoice = reviseInvoice(tx, before, {
    amount_due: before.amount_due - amount,
    amount_remaining: remaining,
    pre_payment_credit_notes_amount: before.pre_payment_credit_notes_amount + amount,
  });
  if (remaining === 0) {
    markPaid(tx, invoice, { outOfBand: true });
    setDelinquent(tx, invoice, false);
    return;
  }
  const payment = defaultPayment(tx, invoice.id);
  const intent = defaultIntent(tx, invoice.id);
  if (payment !== undefined) tx.put("invoice_payment", { ...payment, amount_requested: remaining });
  if (intent !== undefined) tx.put("payment_intent", { ...intent, amount: remaining });
}
