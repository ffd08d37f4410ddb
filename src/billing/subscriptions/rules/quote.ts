/** A decided and priced plan in the words and sums of a quote. Pure. */
import type { AppliedCatalog, PlanVersion } from "../../catalog/model";
import { formatMoney } from "../../kernel/money";
import type { TaxPart } from "../../kernel/tax";
import type { BillingInterval, Coupon, Quote, QuoteLine, QuoteSide, Subscription } from "../model";
import type { Direction } from "./direction";
import { intervalOf } from "./next-invoice";
import { type SubscriptionPlan, startsTrial } from "./plan";

/** A previewed line, as far as a quote needs it. */
export interface PricedLine {
  description: string;
  amountMinor: bigint;
  periodStartAt: Date;
  periodEndAt: Date;
  proration: boolean;
  source: "subscription" | "item";
  /** Null where the line has a price of its own. */
  stripePriceId: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** A previewed invoice, as far as a quote needs it. */
export interface PricedInvoice {
  subtotalMinor: bigint;
  discountMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  /** Of the customer before it: negative is credit, positive is owed. */
  startingBalanceMinor: bigint;
  taxes: TaxPart[];
  lines: readonly PricedLine[];
}

interface EffectFacts {
  live: Subscription | null;
  pending: Subscription | null;
  current: PlanVersion;
}

/** What the wish is, for the words on buttons. */
export function actionOf(plan: SubscriptionPlan): Quote["action"] {
  switch (plan.do) {
    case "start":
      return startsTrial(plan) ? "start_trial" : "start";
    case "keep_free_plan":
    case "resume_confirmation":
      return "start";
    case "change":
      return actionOfDirection(plan.direction, plan.discounts !== null);
    case "schedule":
      return actionOfDirection(plan.direction, plan.discount !== null);
    case "cancel_now":
    case "cancel_at_period_end":
    case "abandon":
      return "cancel";
    case "discount":
      return plan.discounts.added === null ? "take_discount" : "give_discount";
    default:
      return plan.do;
  }
}

function actionOfDirection(direction: Direction, hasCode: boolean): Quote["action"] {
  switch (direction) {
    case "more_seats":
      return "add_seats";
    case "fewer_seats":
      return "remove_seats";
    case "longer_interval":
    case "shorter_interval":
      return "change_interval";
    case "same":
      return hasCode ? "apply_code" : "change_version";
    default:
      return direction;
  }
}

/** From what to what, and when. */
export function effectOf(input: {
  facts: EffectFacts;
  plan: SubscriptionPlan;
  target: PlanVersion;
  now: Date;
}): Pick<Quote, "from" | "to" | "takesEffectAt" | "isNow"> {
  const { facts, plan, target, now } = input;
  const { live, current } = facts;
  const from = side(current, live?.interval ?? null, live?.seats ?? null);
  const to = afterwards(plan, plan.do === "resume_confirmation" ? facts.pending : live, target);
  if (plan.do === "schedule") return { from, to, takesEffectAt: plan.takesEffectAt, isNow: false };
  if (plan.do === "cancel_at_period_end") return { from, to, takesEffectAt: plan.endsAt, isNow: false };
  return { from, to, takesEffectAt: now, isNow: true };
}

function side(plan: PlanVersion, interval: BillingInterval | null, seats: number | null): QuoteSide {
  return { planKey: plan.planKey, planName: plan.name, interval, seats };
}

function afterwards(plan: SubscriptionPlan, live: Subscription | null, target: PlanVersion): QuoteSide {
  const terms = target.terms.seats;
  switch (plan.do) {
    case "start":
      return side(target, intervalOf(plan.items, target), seatsOf(plan.items, terms));
    case "schedule":
      return side(target, intervalOf(plan.items, target), seatsOf(plan.items, terms));
    case "change": {
      const items = plan.edits.flatMap((edit) => ("remove" in edit ? [] : [edit]));
      return side(target, intervalOf(items, target), seatsOf(items, terms));
    }
    case "cancel_now":
    case "cancel_at_period_end":
    case "abandon":
    case "keep_free_plan":
    case "pause":
      return side(target, null, null);
    default:
      return side(target, live?.interval ?? null, live?.seats ?? null);
  }
}

function seatsOf(items: ReadonlyArray<{ quantity: number }>, terms: PlanVersion["terms"]["seats"]): number | null {
  return terms === null ? null : terms.included + (items[1]?.quantity ?? 0);
}

/** How the sums of a quote are told. */
interface MoneyTerms {
  tax: AppliedCatalog["tax"];
  taxMode: "rate" | "stripe_tax";
  /** Stripe's prices of additional seats. */
  seatPriceIds: ReadonlySet<string | null>;
}

const KINDS: ReadonlyArray<QuoteLine["kind"]> = ["unused_time", "remaining_time", "new_period", "usage", "other"];

/** What is given back first, then what is charged; the plan before its additional seats. Stripe has no such order. */
function inOrder(lines: readonly PricedLine[], seatPriceIds: MoneyTerms["seatPriceIds"]): PricedLine[] {
  const place = (line: PricedLine) => KINDS.indexOf(kindOf(line)) * 2 + (seatPriceIds.has(line.stripePriceId) ? 1 : 0);
  return [...lines].sort((one, other) => place(one) - place(other));
}

/** The sums of what is invoiced now. */
export function moneyOf(
  plan: SubscriptionPlan,
  priced: { invoice: PricedInvoice | null; dueNowMinor: bigint; refundMinor: bigint },
  { tax, taxMode, seatPriceIds }: MoneyTerms,
) {
  const { invoice } = priced;
  const shown = startsTrial(plan) ? null : invoice;
  const totalMinor = shown?.totalMinor ?? 0n;
  const carriedMinor = shown === null ? 0n : tooSmall(shown, priced.dueNowMinor);
  const backMinor = totalMinor < 0n ? -totalMinor : 0n;
  return {
    lines: inOrder(shown?.lines ?? [], seatPriceIds).map(quoteLine),
    subtotalMinor: shown?.subtotalMinor ?? 0n,
    discountMinor: shown?.discountMinor ?? 0n,
    tax: {
      displayName: tax.displayName,
      percentage: taxMode === "rate" ? tax.percentage : null,
      amountMinor: shown?.taxMinor ?? 0n,
      parts: shown?.taxes ?? [],
    },
    totalMinor,
    balanceAppliedMinor: (totalMinor > 0n ? totalMinor : 0n) - priced.dueNowMinor - carriedMinor,
    carriedMinor,
    dueNowMinor: priced.dueNowMinor,
    creditMinor: backMinor - priced.refundMinor,
    refundMinor: priced.refundMinor,
  };
}

/** Stripe charges no card with less than about 0.50: such a sum is owed on the balance, with what is owed there already. */
function tooSmall({ totalMinor, startingBalanceMinor }: PricedInvoice, dueNowMinor: bigint): bigint {
  const owedMinor = totalMinor + startingBalanceMinor;
  return totalMinor > 0n && dueNowMinor === 0n && owedMinor > 0n ? owedMinor : 0n;
}

function quoteLine(line: PricedLine): QuoteLine {
  const { description, amountMinor, periodStartAt, periodEndAt } = line;
  return { kind: kindOf(line), description, amountMinor, periodStartAt, periodEndAt };
}

function kindOf(line: PricedLine): QuoteLine["kind"] {
  if (line.proration) return line.amountMinor < 0n ? "unused_time" : "remaining_time";
  if (line.source === "subscription") return "new_period";
  return line.metadata.meter === undefined ? "other" : "usage";
}

/** A promotion in words: "Launch: 20% off for 3 months". */
export function promotionText(promotion: Coupon | null): string | null {
  return promotion === null ? null : `${promotion.name}: ${worthText(promotion)}`;
}

/** What a promotion takes off, and for how long: "20% off for 3 months". */
export function worthText(promotion: Coupon): string {
  const { percentOff, amountOffMinor, currency } = promotion;
  const off =
    percentOff !== null
      ? `${percentOff}% off`
      : `${formatMoney({ amountMinor: amountOffMinor ?? 0n, currency: currency ?? "usd" })} off`;
  const months = promotion.durationMonths ?? 0;
  const length = { once: " once", forever: "", repeating: ` for ${months} ${months === 1 ? "month" : "months"}` };
  return `${off}${length[promotion.duration as keyof typeof length] ?? ""}`;
}
