/**
 * Who else must hear of the end of a subscription's invoice: changes that wait for its payment.
 *
 * Owns: the registration point between the status machine (subscription-status.ts) and what is parked until an invoice is
 * paid: a resumption, a pending update. They would import each other otherwise. Refuses: deciding anything itself.
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";

/** Something that waits for one invoice. */
export interface InvoiceFollower {
  /** Whether it waits for this invoice. */
  concerns(tx: Transaction, invoice: Stripe.Invoice): boolean;
  /** The invoice was paid, or given up as uncollectible. */
  settled(tx: Transaction, subscription: Stripe.Subscription, invoice: Stripe.Invoice, how: "paid" | "given_up"): void;
  /** An attempt did not succeed; `tried` is false when there was no payment method to try. */
  failed(tx: Transaction, subscription: Stripe.Subscription, invoice: Stripe.Invoice, tried: boolean): void;
  /** The invoice was voided: what waited for it will not happen. */
  voided(tx: Transaction, subscription: Stripe.Subscription, invoice: Stripe.Invoice): void;
}

const followers: InvoiceFollower[] = [];

/** Registers a kind of follower, once at module load. */
export function registerInvoiceFollower(follower: InvoiceFollower): void {
  followers.push(follower);
}

/** The follower that waits for this invoice, if any does. */
export function followerOf(tx: Transaction, invoice: Stripe.Invoice): InvoiceFollower | undefined {
  return followers.find((follower) => follower.concerns(tx, invoice));
}
