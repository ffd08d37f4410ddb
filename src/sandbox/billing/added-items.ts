/**
 * Extra items of a request about a subscription: `add_invoice_items`.
 *
 * Owns: the period each stands for: where nothing is said, the time that all items of the
 * subscription have in common. They wait for the subscription's next invoice.
 */
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { createInvoiceItem, type ItemTermsParameters } from "./invoice-items";
import { loadItems, nowOf } from "./records";

type Edge = number | { type: string; timestamp?: number | undefined };

/** An added item; its edges may be known already. */
export type AddedItem = Omit<ItemTermsParameters, "period"> & {
  price?: string | undefined;
  period?: { start: Edge; end: Edge } | undefined;
};

/** Makes the items pending for the subscription, so its next invoice takes them. */
export function addItemsFor(tx: Transaction, subscription: string, entries: readonly AddedItem[] | undefined): void {
  for (const [index, { price, period, ...entry }] of (entries ?? []).entries()) {
    const path = `add_invoice_items[${index}]`;
    if (price === undefined && entry.price_data === undefined) throw missing(`${path}[price]`);
    const pricing = price === undefined ? undefined : { price };
    const span = {
      start: momentOf(tx, subscription, period?.start ?? { type: "max_item_period_start" }, `${path}[period][start]`),
      end: momentOf(tx, subscription, period?.end ?? { type: "min_item_period_end" }, `${path}[period][end]`),
    };
    createInvoiceItem(tx, { ...entry, subscription, pricing, period: span }, path);
  }
}

function momentOf(tx: Transaction, subscription: string, edge: Edge, path: string): number {
  if (typeof edge === "number") return edge;
  const items = loadItems(tx, subscription);
  if (edge.type === "max_item_period_start") return Math.max(...items.map((item) => item.current_period_start));
  if (edge.type === "min_item_period_end") return Math.min(...items.map((item) => item.current_period_end));
  if (edge.type === "now") return nowOf(tx, tx.get("subscription", subscription));
  if (edge.timestamp === undefined) throw missing(`${path}[timestamp]`);
  return edge.timestamp;
}

function missing(param: string) {
  return invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}
