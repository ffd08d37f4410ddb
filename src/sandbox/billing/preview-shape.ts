/**
 * The shape of a preview: an invoice that does not exist.
 *
 * Owns: how a rehearsed invoice is shown (`upcoming_in_…`, lines `il_tmp_…`), the discounts a preview is asked to have
 * instead of those that are there, and leaving out what would not come again. Refuses: deciding which invoice is next.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { type DiscountSource, replaceDiscounts } from "./discount-sources";
import { retotal } from "./draft";
import { draftSeconds } from "./issue";
import { invoiceItemOf } from "./lines";
import { customerOf, loadLines, saveInvoice, subscriptionOf } from "./records";

/** What of a preview's parameters changes the invoice that was found. */
export interface PreviewShape {
  discounts?: readonly DiscountSource[] | undefined;
  preview_mode?: "next" | "recurring" | undefined;
}

/** The rehearsed invoice as a caller sees it: one that is still to come. */
export function shown(
  stage: Transaction,
  invoiceId: string,
  created: number,
  shape: PreviewShape = {},
): Stripe.Invoice {
  const invoice = asAsked(stage, stage.get("invoice", invoiceId), shape);
  const id = `upcoming_in_${invoiceId.slice("in_".length)}`;
  const lines = loadLines(stage, invoiceId).map((line) => ({
    ...line,
    id: line.id.replace(/^il_/, "il_tmp_"),
    invoice: id,
  }));
  return {
    ...invoice,
    id,
    amount_paid: 0,
    amount_remaining: invoice.amount_due,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatically_finalizes_at: null,
    billing_reason: "upcoming",
    created,
    effective_at: null,
    ending_balance: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    lines: { object: "list", data: lines, has_more: false, url: `/v1/invoices/upcoming/lines` },
    next_payment_attempt: invoice.collection_method === "charge_automatically" ? created + draftSeconds : null,
    number: null,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  };
}

/** The 400 of a preview with nothing in it. */
export function nothingUpcoming() {
  return invalidRequest("No upcoming invoices for customer", { code: "invoice_upcoming_none" });
}

function asAsked(stage: Transaction, invoice: Stripe.Invoice, shape: PreviewShape): Stripe.Invoice {
  if (shape.preview_mode === "recurring") {
    for (const line of loadLines(stage, invoice.id)) {
      if (invoiceItemOf(line) !== null) stage.remove("invoice_line", line.id);
    }
  }
  // An invoice that the rehearsal has already issued adds up, and its balance has already moved.
  const isDraft = invoice.status === "draft";
  if (shape.discounts === undefined) {
    return isDraft || shape.preview_mode === "recurring" ? retotal(stage, invoice.id) : invoice;
  }
  const { customer, currency, test_clock } = invoice;
  const own = customerOf(stage, invoice).discount;
  const inherited = [...(subscriptionOf(stage, invoice)?.discounts ?? []), ...(own ? [own] : [])];
  const discounts = invoice.discounts.map((one) => idOf(one) ?? "");
  const owner = { customer, currency, test_clock, discounts, inherited, invoice: invoice.id };
  saveInvoice(stage, { ...invoice, discounts: replaceDiscounts(stage, owner, shape.discounts, "discounts") });
  return retotal(stage, invoice.id);
}
