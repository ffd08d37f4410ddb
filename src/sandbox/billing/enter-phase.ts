/**
 * What happens when a phase of a schedule begins, and when the last one is over.
 *
 * Owns: starting the subscription of a schedule, moving it to the terms of its next phase, and the end behaviour. A phase
 * that begins where a period ends changes the items first and prorates nothing: the renewal then bills the new terms.
 */
import type Stripe from "stripe";
import { StripeError } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { addItemsFor } from "./added-items";
import { phaseCalculatesTax } from "./automatic-tax";
import { prepareSubscription } from "./create-subscription";
import { endSubscription } from "./end-subscription";
import { scheduleFinalisation } from "./issue";
import { issueNow } from "./issue-now";
import { addedItems, billingTerms, discountSources } from "./phase-terms";
import { loadItems, nowOf, reviseSubscription, saveSubscription } from "./records";
import { rehearse } from "./rehearsal";
import { hasEnded, scheduleSubscription } from "./renewal";
import { phaseAt } from "./schedule-phases";
import { closeSchedule, isOpen, planSchedule, reviseSchedule, scheduleEnd } from "./schedule-state";
import { liveStatus } from "./subscription-status";
import { changeSubscription, type UpdateParameters } from "./update-subscription";
import { billUsageLater } from "./usage-charges";

type Schedule = Stripe.SubscriptionSchedule;
type Phase = Stripe.SubscriptionSchedule.Phase;

/** Moves a schedule on if its moment has come: to its first phase, its next one, or its end. */
export function advanceSchedule(tx: Transaction, id: string): void {
  const schedule = tx.find("subscription_schedule", id);
  if (!schedule || !isOpen(schedule)) return;
  const now = nowOf(tx, schedule);
  const phase = phaseAt(schedule.phases, now);
  if (schedule.current_phase === null) {
    if (phase) startSchedule(tx, schedule, phase);
    return;
  }
  if (schedule.current_phase.end_date > now) return;
  if (!phase) {
    endSchedule(tx, schedule);
    return;
  }
  const moved = reviseSchedule(tx, schedule, {
    current_phase: { start_date: phase.start_date, end_date: phase.end_date },
  });
  enterPhase(tx, moved, phase, phase.proration_behavior, { isNew: true });
  planSchedule(tx, moved);
}

/**
 * The same when time asks for it. What cannot begin any more (its price was archived, its coupon deleted, its customer is
 * gone) must not stop the clock: such a schedule is released where it stands.
 */
export function advanceScheduleInTime(tx: Transaction, id: string): void {
  try {
    advanceSchedule(rehearse(tx), id);
  } catch (error) {
    const schedule = tx.find("subscription_schedule", id);
    if (!(error instanceof StripeError) || !schedule) throw error;
    closeSchedule(tx, schedule, "released", { preserveCancelDate: true });
    return;
  }
  advanceSchedule(tx, id);
}

/** Announces that a schedule ends in seven days. */
export function announceExpiry(tx: Transaction, id: string): void {
  const schedule = tx.find("subscription_schedule", id);
  if (schedule && isOpen(schedule)) tx.emit("subscription_schedule.expiring", schedule);
}

/** Starts the schedule's subscription with its first phase; the first invoice is a draft for an hour, like a renewal's. */
export function startSchedule(tx: Transaction, schedule: Schedule, phase: Phase): Schedule {
  const { subscription: prepared, draft } = prepareSubscription(tx, {
    customer: idOf(schedule.customer) ?? "",
    items: phase.items.map((item) => ({
      price: idOf(item.price) ?? "",
      quantity: item.quantity,
      tax_rates: (item.tax_rates ?? []).map((rate) => rate.id),
      metadata: { ...item.metadata },
      discounts: discountSources(item.discounts),
    })),
    ...billingTerms(schedule, phase),
    add_invoice_items: addedItems(tx, phase, []),
    billing_mode: modeOf(schedule),
    default_payment_method:
      idOf(phase.default_payment_method) ?? idOf(schedule.default_settings.default_payment_method) ?? undefined,
    default_tax_rates: (phase.default_tax_rates ?? []).map((rate) => rate.id),
    description: phase.description ?? schedule.default_settings.description ?? undefined,
    discounts: discountSources(phase.discounts),
    currency: phase.currency,
    metadata: { ...phase.metadata },
    automatic_tax: { enabled: phaseCalculatesTax(schedule, phase) },
    payment_behavior: "default_incomplete",
    proration_behavior: phase.proration_behavior as UpdateParameters["proration_behavior"],
    ...(endsWith(schedule, phase) ? { cancel_at: phase.end_date } : {}),
    ...(phase.trial_end !== null && phase.trial_end > nowOf(tx, schedule) ? { trial_end: phase.trial_end } : {}),
  });
  const subscription = saveSubscription(tx, {
    ...prepared,
    schedule: schedule.id,
    status: liveStatus(tx, prepared),
  });
  scheduleSubscription(tx, subscription);
  tx.emit("customer.subscription.created", subscription);
  if (draft) tx.emit("invoice.created", scheduleFinalisation(tx, draft.id));
  const started = reviseSchedule(tx, schedule, {
    current_phase: { start_date: phase.start_date, end_date: phase.end_date },
    status: "active",
    subscription: subscription.id,
  });
  planSchedule(tx, started);
  return started;
}

/** Gives the subscription the terms of a phase. */
export function enterPhase(
  tx: Transaction,
  schedule: Schedule,
  phase: Phase,
  prorationBehavior: string,
  entry: { isNew: boolean } = { isNew: false },
): void {
  const subscription = tx.find("subscription", idOf(schedule.subscription) ?? "");
  if (!subscription || hasEnded(subscription)) return;
  const now = nowOf(tx, subscription);
  const items = loadItems(tx, subscription.id);
  const isBoundary = items.every((item) => item.current_period_end <= now);
  const entries = itemEntries(items, phase);
  const anchor = phase.billing_cycle_anchor ?? schedule.default_settings.billing_cycle_anchor;
  const resets = (entry.isNew && anchor === "phase_start") || (isBoundary && changesAnyInterval(tx, items, entries));
  const params: UpdateParameters = {
    items: entries,
    default_tax_rates: (phase.default_tax_rates ?? []).map((rate) => rate.id),
    ...billingTerms(schedule, phase),
    discounts: discountSources(phase.discounts).filter((source) => isThere(subscription, source)),
    metadata: { ...phase.metadata },
    ...(phaseCalculatesTax(schedule, phase) === subscription.automatic_tax.enabled
      ? {}
      : { automatic_tax: { enabled: phaseCalculatesTax(schedule, phase) } }),
    proration_behavior: isBoundary ? "none" : (prorationBehavior as UpdateParameters["proration_behavior"]),
    ...(idOf(phase.default_payment_method) === null
      ? {}
      : { default_payment_method: idOf(phase.default_payment_method) }),
    ...(phase.description === null ? {} : { description: phase.description }),
    ...(resets ? { billing_cycle_anchor: { type: "now" as const } } : {}),
    ...(phase.trial_end !== null && phase.trial_end > now ? { trial_end: phase.trial_end } : {}),
    ...(endsWith(schedule, phase) ? { cancel_at: phase.end_date } : {}),
  };
  if (entry.isNew) addItemsFor(tx, subscription.id, addedItems(tx, phase, isBoundary ? [] : items));
  // Between phases nothing is prorated, but what a replaced price has counted is owed.
  if (isBoundary && !resets) billUsageLater(tx, subscription, replacedItems(items, entries));
  const { draft } = changeSubscription(tx, subscription.id, params);
  if (isBoundary && !resets) renewWithOthers(tx, subscription.id, items);
  if (draft) issueNow(tx, draft.id, { attempt: "offSession" });
}

/** A discount that a phase goes on with may have ended before the phase begins. */
function isThere({ discounts }: Stripe.Subscription, { discount }: { discount?: string | undefined }): boolean {
  return discount === undefined || discounts.some((reference) => idOf(reference) === discount);
}

/** What a phase adds where a period ends begins with the renewal, which bills it like everything that was there. */
function renewWithOthers(tx: Transaction, id: string, before: readonly Stripe.SubscriptionItem[]): void {
  const [ended] = before;
  const known = new Set(before.map((item) => item.id));
  if (ended === undefined) return;
  const { current_period_start, current_period_end } = ended;
  for (const item of loadItems(tx, id).filter((added) => !known.has(added.id))) {
    tx.put("subscription_item", { ...item, current_period_start, current_period_end });
  }
}

function endSchedule(tx: Transaction, schedule: Schedule): void {
  if (schedule.end_behavior !== "cancel") {
    closeSchedule(tx, schedule, "released");
    return;
  }
  const subscription = tx.find("subscription", idOf(schedule.subscription) ?? "");
  if (!subscription || hasEnded(subscription)) {
    closeSchedule(tx, schedule, "completed");
    return;
  }
  endSubscription(tx, subscription, { at: nowOf(tx, subscription), reason: null, finalInvoice: true });
}

/** In the last phase of a schedule that cancels, the subscription already knows its end. */
function endsWith(schedule: Schedule, phase: Phase): boolean {
  return schedule.end_behavior === "cancel" && phase.end_date === scheduleEnd(schedule);
}

/** What turns the subscription's items into the phase's: kept by price, else changed in order, else added or removed. */
function itemEntries(items: readonly Stripe.SubscriptionItem[], phase: Phase): NonNullable<UpdateParameters["items"]> {
  const free = new Map(items.map((item) => [item.price.id, item]));
  const kept = phase.items.map((wanted) => {
    const same = free.get(idOf(wanted.price) ?? "");
    if (same) free.delete(same.price.id);
    return { wanted, item: same };
  });
  const left = [...free.values()];
  const entries = kept.map(({ wanted, item }) => {
    const id = (item ?? left.shift())?.id;
    return {
      ...(id === undefined ? {} : { id }),
      price: idOf(wanted.price) ?? "",
      ...(wanted.quantity === undefined ? {} : { quantity: wanted.quantity }),
      tax_rates: (wanted.tax_rates ?? []).map((rate) => rate.id),
      metadata: { ...wanted.metadata },
      ...(wanted.discounts.length === 0 && (item?.discounts ?? []).length === 0
        ? {}
        : { discounts: discountSources(wanted.discounts) }),
    };
  });
  return [...entries, ...left.map((item) => ({ id: item.id, deleted: true }))];
}

/** The items that leave with the change, or leave their price. */
function replacedItems(
  items: readonly Stripe.SubscriptionItem[],
  entries: NonNullable<UpdateParameters["items"]>,
): Stripe.SubscriptionItem[] {
  const kept = new Set(entries.flatMap((entry) => (entry.deleted === true ? [] : [`${entry.id} ${entry.price}`])));
  return items.filter((item) => !kept.has(`${item.id} ${item.price.id}`));
}

function changesAnyInterval(
  tx: Transaction,
  items: readonly Stripe.SubscriptionItem[],
  entries: NonNullable<UpdateParameters["items"]>,
): boolean {
  return entries.some((entry) => {
    const old = items.find((item) => item.id === entry.id)?.price.recurring;
    const fresh = entry.price === undefined ? undefined : tx.find("price", entry.price)?.recurring;
    if (!old || !fresh) return false;
    return old.interval !== fresh.interval || old.interval_count !== fresh.interval_count;
  });
}

/** The billing mode of a schedule as its subscription is asked for it. */
function modeOf({ billing_mode: mode }: Schedule): Parameters<typeof prepareSubscription>[1]["billing_mode"] {
  if (mode.type === "classic") return { type: "classic" };
  const isItemized = mode.flexible?.proration_discounts === "itemized";
  return { type: "flexible", flexible: { proration_discounts: isItemized ? "itemized" : "included" } };
}

/** Links a running subscription to the schedule that adopts it. */
export function adopt(tx: Transaction, subscription: Stripe.Subscription, schedule: string): void {
  reviseSubscription(tx, subscription, { schedule });
}
