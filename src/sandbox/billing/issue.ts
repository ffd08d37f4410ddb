/**
 * Issuing an invoice: putting chosen charges on a draft, and letting it finalise itself.
 *
 * Owns: what a billed period leaves behind as the base of later credits, and the hour a renewal stays a draft so that
 * lines can still be added. Invoices of a request do not wait: issue-now.ts.
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { Period } from "./calendar";
import { inForce } from "./discount-terms";
import { sumOfParts } from "./discounts";
import { attachItem, retotal } from "./draft";
import { subscriptionItemLine } from "./lines";
import { itemIn } from "./price-currency";
import { clockNameOf, nowOf, saveInvoice } from "./records";
import { invoiceDueKinds } from "./settle";

/** How long an automatic draft waits before it is finalised. */
export const draftSeconds = 3_600;

/** Puts pending items on a draft (newest first, as given) and adds it up. */
export function billItems(
  tx: Transaction,
  draft: Stripe.Invoice,
  items: readonly Stripe.InvoiceItem[],
): Stripe.Invoice {
  for (const item of items) attachItem(tx, draft, item);
  return retotal(tx, draft.id);
}

/** A subscription item's charge for one period, before it is on paper. */
export interface ItemCharge {
  item: Stripe.SubscriptionItem;
  period: Period;
  amountMinor: number;
  description: string;
}

/** Puts the periods of subscription items on a draft (newest item first), remembers each as charged, and adds it up. */
export function billPeriods(tx: Transaction, draft: Stripe.Invoice, charges: readonly ItemCharge[]): Stripe.Invoice {
  const lines = [...charges].reverse().map((charge) => {
    const priced = { ...charge, item: itemIn(charge.item, draft.currency) };
    const line = subscriptionItemLine({ id: tx.newId("il"), invoice: draft.id, ...priced });
    const discounts = inForce(tx, charge.item.discounts, nowOf(tx, draft));
    return { charge, line: tx.put("invoice_line", { ...line, discounts }) };
  });
  const invoice = retotal(tx, draft.id);
  for (const { charge, line } of lines) {
    const discounted = tx.get("invoice_line", line.id).discount_amounts ?? [];
    const parts = discounted.map((part) => ({ discount: idOf(part.discount) ?? "", amountMinor: part.amount }));
    tx.put("item_debit", {
      id: tx.newId("debit"),
      subscriptionItem: charge.item.id,
      invoice: draft.id,
      invoiceLine: line.id,
      invoiceItem: null,
      amountMinor: charge.amountMinor - sumOfParts(parts),
      ...(parts.length === 0 ? {} : { discounts: parts }),
      periodStart: charge.period.start,
      periodEnd: charge.period.end,
    });
  }
  return invoice;
}

/** Forgets what an item was charged up to a moment: it can no longer be the base of a credit. */
export function forgetDebits(tx: Transaction, subscriptionItem: string, until: number): void {
  for (const debit of tx.listBy("item_debit", "subscription_item", subscriptionItem)) {
    if (debit.periodEnd <= until) tx.remove("item_debit", debit.id);
  }
}

/** Lets a draft finalise itself in an hour. */
export function scheduleFinalisation(tx: Transaction, draftId: string, at?: number): Stripe.Invoice {
  const draft = tx.get("invoice", draftId);
  const finalizesAt = at ?? nowOf(tx, draft) + draftSeconds;
  tx.schedule({ clock: clockNameOf(draft), at: finalizesAt, kind: invoiceDueKinds.finalise, subject: draft.id });
  return saveInvoice(tx, {
    ...draft,
    auto_advance: true,
    automatically_finalizes_at: finalizesAt,
    next_payment_attempt: draft.collection_method === "charge_automatically" ? finalizesAt : null,
  });
}
