/** How plans read on pages: per month, per year, what a year saves, what is included and what more costs. */
import type { Allowance, AppliedCatalog, Meter, PlanVersion } from "@/billing/catalog/model";
import type { UpcomingInvoice } from "@/billing/invoices/model";
import type { BillingInterval, CurrentPlan } from "@/billing/subscriptions/model";
import { moneyText, quantityText } from "@/ui/money";
import { overageText } from "./overage-text";

/** The interval of an address; anything unknown is monthly. */
export function intervalOf(text: string | undefined): BillingInterval {
  return text === "year" ? "year" : "month";
}

/** The flat fee of one interval, null when it is agreed or not sold so. */
export function priceOf(plan: PlanVersion, interval: BillingInterval): bigint | null {
  return interval === "year" ? plan.annualPriceMinor : plan.monthlyPriceMinor;
}

/** A year's price spread over twelve months, cut to the cent for showing; nothing is charged by it. */
export function perMonthOf(annualMinor: bigint): bigint {
  return (annualMinor + 6n) / 12n;
}

/** What a year costs less than twelve months; null when there is no saving to speak of. */
export function annualSaving(plan: PlanVersion): { amountMinor: bigint; percent: number } | null {
  if (!plan.monthlyPriceMinor || !plan.annualPriceMinor) return null;
  const twelve = plan.monthlyPriceMinor * 12n;
  const amountMinor = twelve - plan.annualPriceMinor;
  if (amountMinor <= 0n) return null;
  return { amountMinor, percent: Number((amountMinor * 1000n + twelve / 2n) / twelve) / 10 };
}

/** What a year saves, for the switch: a plan that saves less than another must not seem to save as much. */
export function savingText(plans: PlanVersion[]): string | null {
  const sold = plans.filter((plan) => plan.monthlyPriceMinor && plan.annualPriceMinor);
  const percents = new Set(sold.map((plan) => annualSaving(plan)?.percent ?? 0));
  const greatest = Math.max(0, ...percents);
  if (greatest === 0) return null;
  return percents.size === 1 ? `save ${greatest}%` : `save up to ${greatest}%`;
}

/** Whether no invoice follows this one: an annual plan that ends has months to bill before its end. */
export function isFinal(
  current: Pick<CurrentPlan, "cancelAtPeriodEnd" | "currentPeriodEndAt">,
  upcoming: Pick<UpcomingInvoice, "renewsAt">,
): boolean {
  return current.cancelAtPeriodEnd && upcoming.renewsAt >= current.currentPeriodEndAt;
}

/** "100 jobs", "50 GB", "Unlimited calls". */
export function includedText(allowance: Allowance, meter: Meter): string {
  if (allowance.included === null) return `Unlimited ${meter.unitPlural}`;
  if (Number(allowance.included) === 0) return `${meter.displayName} as you use them`;
  const unit = Number(allowance.included) === 1 ? meter.unit : meter.unitPlural;
  return `${quantityText(allowance.included)} ${unit}`;
}

/** What happens after the included quantity, in a few words. */
export function beyondText(allowance: Allowance, meter: Meter, currency: string): string | null {
  if (allowance.included === null) return null;
  if (allowance.limit === "hard") return "then paused until the month ends";
  const price = overageText(allowance, meter, currency);
  if (price === null) return "more at no charge";
  return Number(allowance.included) === 0 ? price : `then ${price}`;
}

/** "10 people", "Unlimited people". */
export function usersText(maxUsers: number | null): string {
  if (maxUsers === null) return "Unlimited people";
  return maxUsers === 1 ? "1 person" : `${quantityText(String(maxUsers))} people`;
}

/** The meter an allowance is about. */
export function meterOf(catalog: Pick<AppliedCatalog, "meters">, key: string): Meter | undefined {
  return catalog.meters.find((meter) => meter.key === key);
}

/** "$299.00 a month". */
export function priceText(plan: PlanVersion, interval: BillingInterval): string {
  const price = priceOf(plan, interval);
  if (price === null) return "Price on request";
  return `${moneyText(price, plan.currency)} a ${interval}`;
}
