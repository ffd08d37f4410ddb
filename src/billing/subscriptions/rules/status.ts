/**
 * What each of Stripe's statuses means for us.
 *
 * Owns three questions: does the plan serve, can the subscription still change, is it over. Refuses to guess: every status
 * has an entry, so a new one is a compile-time gap.
 */
import type { SubscriptionStatus } from "../model";

interface StatusMeaning {
  /** The tenant is served by the plan it pays for. */
  servesPlan: boolean;
  /** Counts in monthly recurring revenue. */
  earns: boolean;
  /** Waits for its first payment; nothing is in force yet. */
  pending: boolean;
  /** Never comes back. */
  over: boolean;
}

const MEANING: Readonly<Record<SubscriptionStatus, StatusMeaning>> = {
  incomplete: { servesPlan: false, earns: false, pending: true, over: false },
  incomplete_expired: { servesPlan: false, earns: false, pending: false, over: true },
  trialing: { servesPlan: true, earns: false, pending: false, over: false },
  active: { servesPlan: true, earns: true, pending: false, over: false },
  // A failed renewal leaves the tenant served while Stripe tries again: taking the plan away first would punish an expired card.
  past_due: { servesPlan: true, earns: true, pending: false, over: false },
  canceled: { servesPlan: false, earns: false, pending: false, over: true },
  unpaid: { servesPlan: false, earns: false, pending: false, over: false },
  paused: { servesPlan: false, earns: false, pending: false, over: false },
};

/** Whether a tenant is served by the plan of a subscription with this status. */
export function servesPlan(status: SubscriptionStatus): boolean {
  return MEANING[status].servesPlan;
}

/** Whether the flat fee counts in monthly recurring revenue. */
export function earns(status: SubscriptionStatus): boolean {
  return MEANING[status].earns;
}

/** Whether the first payment is still to be made. */
export function isPending(status: SubscriptionStatus): boolean {
  return MEANING[status].pending;
}

/** Whether the subscription has ended for good. */
export function isOver(status: SubscriptionStatus): boolean {
  return MEANING[status].over;
}

/** Whether the subscription occupies the tenant's one place: it is neither over nor only waiting for a first payment. */
export function isLive(status: SubscriptionStatus): boolean {
  return !MEANING[status].over && !MEANING[status].pending;
}
