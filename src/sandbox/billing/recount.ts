/**
 * Late usage: what is reported for a closed period while its invoice is still a draft.
 *
 * Owns: counting such an invoice again, with its lines in their old places. Once it is final nothing is added to it, and
 * usage that comes later still is never billed, as at Stripe.
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import type { UsageCharge } from "../store/usage-records";
import { retotal } from "./draft";
import { chargeLines, type ItemCharge } from "./issue";
import { priceIn } from "./price-currency";
import { loadLines } from "./records";
import { isWithin } from "./usage";
import { usageParts, usageTermsOf } from "./usage-charges";

/** Follows a report, or its cancellation, for a moment: drafts that bill that moment are counted again. */
export function recountDrafts(tx: Transaction, meter: string, customer: string, timestamp: number): void {
  for (const charge of tx.listBy("usage_charge", "usage", `${meter}/${customer}`)) {
    const invoice = tx.find("invoice", charge.invoice);
    if (invoice?.status !== "draft") {
      tx.remove("usage_charge", charge.id);
    } else if (isWithin({ start: charge.periodStart, end: charge.periodEnd }, timestamp)) {
      recount(tx, invoice, charge);
    }
  }
}

function recount(tx: Transaction, invoice: Stripe.Invoice, charge: UsageCharge): void {
  const before = loadLines(tx, invoice.id);
  const old = before.filter((line) => charge.lines.includes(line.id));
  const [first] = old;
  // Somebody took the usage off the draft by hand.
  if (!first) return;
  const parts = usageParts(tx, priceIn(charge.item.price, invoice.currency), usageTermsOf(charge));
  const counted: ItemCharge = {
    item: charge.item,
    period: first.period,
    amountMinor: 0,
    description: "",
    parts,
  };
  const fresh = chargeLines(tx, invoice, counted).map((line, index) => ({
    ...line,
    id: old[index]?.id ?? line.id,
    discounts: first.discounts,
  }));
  const place = before.indexOf(first);
  const rest = before.filter((line) => !old.includes(line));
  // Lines stand in the order they were put, so those that follow are put again.
  for (const line of before.slice(place)) tx.remove("invoice_line", line.id);
  for (const line of [...fresh, ...rest.slice(place)]) tx.put("invoice_line", line);
  tx.put("usage_charge", { ...charge, lines: fresh.map((line) => line.id) });
  retotal(tx, invoice.id);
}
