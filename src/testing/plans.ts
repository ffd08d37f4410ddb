/** Plans and subscriptions as rules see them, for tables: whole, plausible, and changed where a case says so. */
import { type PlanVersion, planSchema } from "@/billing/catalog/model";
import type { Subscription } from "@/billing/subscriptions/model";

/** A plan version of that key; `terms` are laid over a plan that costs 1.00 a month. */
export function planVersion(
  planKey: string,
  more: Omit<Partial<PlanVersion>, "terms"> & { terms?: object } = {},
): PlanVersion {
  const { terms, ...rest } = more;
  const stated = { key: planKey, name: planKey, tagline: "", monthlyPrice: "1.00", annualPrice: "10.00" };
  return {
    ...{ id: `${planKey}@1`, planKey, version: 1, status: "active", name: planKey, rank: 1, currency: "usd" },
    ...{ monthlyPriceMinor: 100n, annualPriceMinor: 1_000n, stripeProductId: "prod_1", madeForTenantId: null },
    stripeMonthlyPriceId: `price_${planKey}_month`,
    stripeAnnualPriceId: `price_${planKey}_year`,
    stripeMonthlySeatPriceId: `price_${planKey}_month_seat`,
    stripeAnnualSeatPriceId: `price_${planKey}_year_seat`,
    terms: planSchema.parse({ ...stated, maxUsers: null, support: "", features: [], allowances: [], ...terms }),
    ...rest,
  };
}

const at = (day: string) => new Date(`2026-${day}T00:00:00Z`);

/** An active monthly subscription to "professional". */
export function subscriptionRow(more: Partial<Subscription> = {}): Subscription {
  return {
    ...{ id: "sbn_1", tenantId: "ten_1", stripeSubscriptionId: "sub_1", stripeItemId: "si_1" },
    ...{ planVersionId: "professional@1", planKey: "professional", interval: "month", status: "active" },
    ...{ seats: null, additionalSeats: 0, stripeSeatItemId: null, currency: "usd", priceMinor: 29_900n, discounts: [] },
    ...{ stripeScheduleId: null, scheduledPlanVersionId: null, scheduledInterval: null, scheduledSeats: null },
    ...{ scheduledAt: null, pendingUpdateExpiresAt: null, anchorAt: at("01-19") },
    ...{ currentPeriodStartAt: at("01-19"), currentPeriodEndAt: at("02-19"), startedAt: at("01-19") },
    ...{ cancelAtPeriodEnd: false, cancelAt: null, canceledAt: null, endedAt: null, trialEndAt: null },
    ...{ latestStripeInvoiceId: "in_1", stripePaymentMethodId: "pm_1" },
    ...more,
  };
}
