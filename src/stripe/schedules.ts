/**
 * Changes that wait for the end of the running period, as Stripe's subscription schedules.
 *
 *   [ running phase, as it is )[ one period of what comes next ) then the schedule lets go of the subscription
 *
 * Owns that a subscription has at most one such schedule: a new wish replaces the old one. Decides nothing.
 */
import type Stripe from "stripe";
import type { DiscountChoice } from "@/billing/subscriptions/model";
import type { ClientSource } from "./client";
import { callStripe, isMissing } from "./errors";
import type { StripeGateway, SubscriptionRecord } from "./gateway";
import { callKey } from "./idempotency";
import { discountParam } from "./subscription-params";
import { RECORD } from "./subscriptions";
import { subscriptionRecord } from "./translate/subscription";
import { idOf, optionalId } from "./translate/values";

type ScheduleCalls = Pick<StripeGateway, "scheduleChange" | "releaseSchedule" | "restoreSchedule">;

/** The gateway's calls about schedules. */
export function scheduleCalls(client: ClientSource): ScheduleCalls {
  return {
    scheduleChange: (request, key) => callStripe(() => schedule(client(), request, key)),
    releaseSchedule: (id, key) => callStripe(() => release(client(), id, key)),
    restoreSchedule: (id, key) => callStripe(() => restore(client(), id, key)),
  };
}

async function schedule(
  stripe: Stripe,
  request: Parameters<StripeGateway["scheduleChange"]>[0],
  key: string,
): Promise<SubscriptionRecord> {
  const { stripeSubscriptionId } = request;
  const current = await stripe.subscriptions.retrieve(stripeSubscriptionId, { expand: ["discounts"] });
  const attached = optionalId(current.schedule);
  const made =
    attached === null
      ? await stripe.subscriptionSchedules.create(
          { from_subscription: stripeSubscriptionId },
          { idempotencyKey: callKey(key, "adopt") },
        )
      : await stripe.subscriptionSchedules.retrieve(attached);
  const running = made.phases.find((phase) => phase.start_date === made.current_phase?.start_date) ?? made.phases[0];
  if (running === undefined) throw new RangeError("a schedule made from a subscription has a phase");
  const endsAt = Math.max(...current.items.data.map((item) => item.current_period_end));
  await stripe.subscriptionSchedules.update(
    made.id,
    {
      end_behavior: "release",
      proration_behavior: "none",
      phases: [
        {
          ...phaseParams(running, discountsThere(current.discounts)),
          start_date: running.start_date,
          end_date: endsAt,
        },
        {
          items: request.items.map(({ stripePriceId, quantity }) => ({ price: stripePriceId, quantity })),
          start_date: endsAt,
          duration: { interval: await intervalOf(stripe, request), interval_count: 1 },
          proration_behavior: "none",
          ...(request.restartPeriod && { billing_cycle_anchor: "phase_start" }),
          ...terms(running, discountsFrom(endsAt, current.discounts, request.discount)),
        },
      ],
    },
    { idempotencyKey: callKey(key, "phases") },
  );
  return subscriptionRecord(await stripe.subscriptions.retrieve(stripeSubscriptionId, { expand: RECORD }));
}

/** A phase in the words of a request; whatever is left out here would be taken off the running subscription. */
function phaseParams(
  phase: Stripe.SubscriptionSchedule.Phase,
  discounts: PhaseDiscounts,
): Stripe.SubscriptionScheduleUpdateParams.Phase {
  return {
    items: phase.items.map((item) => ({ price: idOf(item.price), quantity: item.quantity ?? 1 })),
    // A trial that is over is behind the phase; Stripe takes none that does not end within.
    ...(phase.trial_end !== null && phase.trial_end > phase.start_date && { trial_end: phase.trial_end }),
    ...terms(phase, discounts),
  };
}

/** Discounts of a phase in a request. */
type PhaseDiscounts = NonNullable<Exclude<Stripe.SubscriptionScheduleUpdateParams.Phase["discounts"], "">>;

/** The discounts there are, by their ids: a phase may still name the code one came from, which would redeem it again. */
function discountsThere(there: Stripe.Subscription["discounts"]): PhaseDiscounts {
  return there.map((discount) => ({ discount: idOf(discount) }));
}

/** What runs and what comes, in the words of a request and with everything it has; `there` is what the subscription has. */
export function phasesAhead(
  schedule: Stripe.SubscriptionSchedule,
  there: Stripe.Subscription["discounts"],
): Stripe.SubscriptionScheduleUpdateParams.Phase[] {
  const from = schedule.current_phase?.start_date ?? 0;
  return schedule.phases
    .filter((phase) => phase.start_date >= from)
    .map((phase) => asItIs(phase, phase.start_date === from ? discountsThere(there) : inWords(phase)));
}

/** A phase in the words of a request, with everything it has. */
function asItIs(
  phase: Stripe.SubscriptionSchedule.Phase,
  discounts: PhaseDiscounts,
): Stripe.SubscriptionScheduleUpdateParams.Phase {
  return {
    ...phaseParams(phase, discounts),
    start_date: phase.start_date,
    end_date: phase.end_date,
    proration_behavior: phase.proration_behavior ?? "none",
    ...(phase.billing_cycle_anchor !== null && { billing_cycle_anchor: phase.billing_cycle_anchor }),
  };
}

/** What a phase that has not begun says of its discounts. */
function inWords(phase: Stripe.SubscriptionSchedule.Phase): PhaseDiscounts {
  return phase.discounts.map((entry) => {
    const [coupon, discount, code] = [entry.coupon, entry.discount, entry.promotion_code].map(optionalId);
    return discount ? { discount } : code ? { promotion_code: code } : { coupon: coupon ?? "" };
  });
}

function terms(phase: Stripe.SubscriptionSchedule.Phase, discounts: PhaseDiscounts) {
  const method = optionalId(phase.default_payment_method);
  const rates = phase.default_tax_rates ?? [];
  return {
    ...(method !== null && { default_payment_method: method }),
    ...(rates.length > 0 && { default_tax_rates: rates.map(idOf) }),
    ...(phase.automatic_tax?.enabled === true && { automatic_tax: { enabled: true } }),
    ...(discounts.length > 0 && { discounts }),
  };
}

/** The discounts of what comes: without those that have ended by then, and with a code that begins then. */
function discountsFrom(
  startsAt: number,
  there: Stripe.Subscription["discounts"],
  code: DiscountChoice | null,
): PhaseDiscounts {
  const lasting = there.filter((one) => typeof one === "string" || one.end === null || one.end > startsAt);
  return [...discountsThere(lasting), ...(code === null ? [] : [discountParam(code)])];
}

async function intervalOf(stripe: Stripe, request: Parameters<StripeGateway["scheduleChange"]>[0]) {
  const price = await stripe.prices.retrieve(request.items[0]?.stripePriceId ?? "");
  return price.recurring?.interval === "year" ? "year" : "month";
}

/** The phase that had not begun says what was scheduled; a released schedule still has it. */
async function restore(stripe: Stripe, id: string, key: string): Promise<void> {
  const released = await stripe.subscriptionSchedules.retrieve(id);
  const stripeSubscriptionId = released.released_subscription;
  const next = released.phases.find((phase) => phase.start_date > (released.released_at ?? 0));
  if (stripeSubscriptionId === null || next === undefined) return;
  const entry = next.discounts.find(({ discount }) => discount === null);
  const [code, coupon] = [optionalId(entry?.promotion_code), optionalId(entry?.coupon)];
  const byCoupon = coupon === null ? null : { stripeCouponId: coupon };
  const items = next.items.map(({ price, quantity }) => ({ stripePriceId: idOf(price), quantity: quantity ?? 1 }));
  const restartPeriod = next.billing_cycle_anchor === "phase_start";
  const discount = code === null ? byCoupon : { stripePromotionCodeId: code };
  await schedule(stripe, { stripeSubscriptionId, items, restartPeriod, discount }, key);
}

/** One that is over by now has let go already. */
async function release(stripe: Stripe, id: string, key: string): Promise<void> {
  try {
    await stripe.subscriptionSchedules.release(id, {}, { idempotencyKey: key });
  } catch (error) {
    if (isMissing(error)) return;
    const current = await stripe.subscriptionSchedules.retrieve(id);
    if (current.status !== "active" && current.status !== "not_started") return;
    throw error;
  }
}
