/** When the next invoice comes after a plan is carried out, and whether a code still takes something off it. Pure. */
import type { PlanVersion } from "../../catalog/model";
import { addMonths } from "../../kernel/period";
import type { BillingInterval, DiscountChoice, Promotion, Subscription } from "../model";
import type { SubscriptionPlan } from "./plan";

interface NextFacts {
  live: Subscription | null;
  pending: Subscription | null;
  target: PlanVersion;
}

/** The date; null where the plan leaves no subscription that is known yet. */
export function nextInvoiceAt(plan: SubscriptionPlan, { live, pending, target }: NextFacts, now: Date): Date | null {
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
    default:
      return live?.currentPeriodEndAt ?? null;
  }
}

function oneMore(now: Date, interval: BillingInterval): Date {
  return addMonths(now, interval === "month" ? 1 : 12);
}

/** The interval of what is sold. */
export function intervalOf(items: ReadonlyArray<{ stripePriceId: string }>, target: PlanVersion): BillingInterval {
  return items.some((item) => item.stripePriceId === target.stripeAnnualPriceId) ? "year" : "month";
}

/**
 * The discount as far as the next invoice still has it: a code for one invoice is used up by the one that is made now, a
 * code for some months by then.
 */
export function lastingDiscount(
  discount: DiscountChoice | null,
  promotion: Promotion | null,
  at: { now: Date; next: Date | null; isInvoicedNow: boolean },
): DiscountChoice | null {
  if (discount === null || promotion === null || promotion.duration === "forever") return discount;
  if (promotion.duration === "once") return at.isInvoicedNow ? null : discount;
  const end = addMonths(at.now, promotion.durationMonths ?? 1);
  return at.next !== null && at.next >= end ? null : discount;
}
