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
import type { ChargePart } from "./charge-parts";
import { inForce } from "./discount-terms";
import { type DiscountPart, sumOfParts } from "./discounts";
import { attachItem, retotal } from "./draft";
import { subscriptionItemLine } from "./lines";
import { itemIn } from "./price-currency";
import { clockNameOf, nowOf, saveInvoice } from "./records";
import { invoiceDueKinds } from "./settle";
import { keepCounting, type UsageTerms } from "./usage-charges";

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
  /** Its lines, when it has others than one for the item's quantity; they add up to the amount. */
  parts?: readonly ChargePart[];
  /** Of metered items: what was counted. Such a charge is never the base of a credit. */
  usage?: UsageTerms;
}

/** Puts the periods of subscription items on a draft (newest item first), remembers each as charged, and adds it up. */
export function billPeriods(tx: Transaction, draft: Stripe.Invoice, charges: readonly ItemCharge[]): Stripe.Invoice {
  const lines = [...charges].reverse().map((charge) => {
    const discounts = inForce(tx, charge.item.discounts, nowOf(tx, draft));
    const ids = chargeLines(tx, draft, charge).map((line) => tx.put("invoice_line", { ...line, discounts }).id);
    return { charge, ids };
  });
  const invoice = retotal(tx, draft.id);
  for (const { charge, ids } of lines) {
    if (charge.usage) {
      keepCounting(tx, draft.id, charge.item, charge.usage, ids);
      continue;
    }
    const parts = discountsOf(tx, ids);
    tx.put("item_debit", {
      id: tx.newId("debit"),
      subscriptionItem: charge.item.id,
      invoice: draft.id,
      invoiceLine: ids[0] ?? null,
      ...(ids.length > 1 ? { invoiceLines: ids } : {}),
      invoiceItem: null,
      amountMinor: charge.amountMinor - sumOfParts(parts),
      ...(parts.length === 0 ? {} : { discounts: parts }),
      periodStart: charge.period.start,
      periodEnd: charge.period.end,
    });
  }
  return invoice;
}

/** The lines of one charge, before they are stored: one, or one per tier. */
export function chargeLines(tx: Transaction, draft: Stripe.Invoice, charge: ItemCharge): Stripe.InvoiceLineItem[] {
  const { amountMinor, description, period } = charge;
  const item = itemIn(charge.item, draft.currency);
  const parts = charge.parts ?? [{ amountMinor, description }];
  return parts.map((part) =>
    subscriptionItemLine({
      id: tx.newId("il"),
      invoice: draft.id,
      item,
      period,
      amountMinor: part.amountMinor,
      description: part.description,
      counted: "quantity" in part ? part : undefined,
    }),
  );
}

/** What each discount took off these lines together. */
function discountsOf(tx: Transaction, lines: readonly string[]): DiscountPart[] {
  const taken = new Map<string, number>();
  for (const line of lines) {
    for (const { amount, discount } of tx.get("invoice_line", line).discount_amounts ?? []) {
      const id = idOf(discount) ?? "";
      taken.set(id, (taken.get(id) ?? 0) + amount);
    }
  }
  return [...taken].map(([discount, amountMinor]) => ({ discount, amountMinor }));
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
