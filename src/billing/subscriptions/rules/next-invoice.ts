/** When the next invoice comes after a plan is carried out, and whether a code still takes something off it. Pure. */
import type { PlanVersion } from "../../catalog/model";
import { addMonths } from "../../kernel/period";
import type { BillingInterval, Coupon, DiscountChoice, NextDiscounts, Subscription } from "../model";
import type { SubscriptionPlan } from "./plan";

interface NextFacts {
  live: Subscription | null;
  pending: Subscription | null;
  target: PlanVersion;
}

/** The invoice that is made now, as far as it says when the next one comes. */
interface InvoiceNow {
  lines: ReadonlyArray<{ proration: boolean; source: "subscription" | "item"; periodEndAt: Date }>;
}

/** The date; null where the plan leaves no subscription that is known yet. */
export function nextInvoiceAt(
  plan: SubscriptionPlan,
  { live, pending, target }: NextFacts,
  now: Date,
  invoice: InvoiceNow | null,
): Date | null {
  switch (plan.do) {
    case "start":
      if (plan.trialDays !== null) return new Date(now.getTime() + plan.trialDays * 86_400_000);
      return oneMore(now, intervalOf(plan.items, target));
    case "change":
      if (!plan.restartPeriod) return live?.currentPeriodEndAt ?? null;
      return oneMore(
        now,
        intervalOf(
          plan.edits.flatMap((edit) => ("remove" in edit ? [] : [edit])),
          target,
        ),
      );
    case "resume_confirmation":
      return pending === null ? null : oneMore(now, pending.interval);
    case "end_trial":
      return live === null ? null : oneMore(now, live.interval);
    // These leave an end that was decided as it is.
    case "discount":
    case "cancel_scheduled":
      return live === null || live.cancelAtPeriodEnd || live.cancelAt !== null ? null : live.currentPeriodEndAt;
    case "unpause":
      return trialLeft(live, now) ?? periodEndIn(invoice) ?? live?.currentPeriodEndAt ?? null;
    default:
      return live?.currentPeriodEndAt ?? null;
  }
}

/** The end of a trial that is not over; a pause does not move it. */
export function trialLeft(live: Pick<Subscription, "trialEndAt"> | null, now: Date): Date | null {
  const endAt = live?.trialEndAt ?? null;
  return endAt !== null && endAt > now ? endAt : null;
}

/** A resumption may go on with the period that was paused, so only its invoice knows when the next one comes. */
function periodEndIn(invoice: InvoiceNow | null): Date | null {
  return invoice?.lines.find((line) => !line.proration && line.source === "subscription")?.periodEndAt ?? null;
}

function oneMore(now: Date, interval: BillingInterval): Date {
  return addMonths(now, interval === "month" ? 1 : 12);
}

/** The interval of what is sold. */
export function intervalOf(items: ReadonlyArray<{ stripePriceId: string }>, target: PlanVersion): BillingInterval {
  return items.some((item) => item.stripePriceId === target.stripeAnnualPriceId) ? "year" : "month";
}

/** What an invoice that is made now takes off by which discount. */
type DiscountsNow = ReadonlyArray<{ stripeDiscountId: string; amountMinor: bigint }>;

/**
 * The discounts that the next invoice still has. One for a single invoice is spent by the invoice made now if that takes
 * something off by it; one for some months ends with them, and an end at the very moment of an invoice comes before it.
 */
export function discountsOfNext(
  facts: { live: Pick<Subscription, "discounts"> | null; promotion: Coupon | null },
  wish: { discount: DiscountChoice | null; beginsAt: Date; nextAt: Date | null; now: DiscountsNow },
): NextDiscounts {
  const there = facts.live?.discounts ?? [];
  const spent = new Set(wish.now.filter(({ amountMinor }) => amountMinor > 0n).map((one) => one.stripeDiscountId));
  const kept = there.filter(({ stripeDiscountId, duration, endsAt }) => {
    if (duration === "once") return !spent.has(stripeDiscountId);
    return endsAt === null || wish.nextAt === null || wish.nextAt < new Date(endsAt);
  });
  const known = new Set(there.map(({ stripeDiscountId }) => stripeDiscountId));
  const isSpent = [...spent].some((id) => !known.has(id));
  return {
    kept: kept.map(({ stripeDiscountId }) => stripeDiscountId),
    added: wish.discount !== null && lasts(facts.promotion, { ...wish, isSpent }) ? wish.discount : null,
  };
}

function lasts(promotion: Coupon | null, wish: { beginsAt: Date; nextAt: Date | null; isSpent: boolean }): boolean {
  if (promotion === null || promotion.duration === "forever") return true;
  if (promotion.duration === "once") return !wish.isSpent;
  const end = addMonths(wish.beginsAt, promotion.durationMonths ?? 1);
  return wish.nextAt === null || wish.nextAt < end;
}
