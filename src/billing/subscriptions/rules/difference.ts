/** What a tenant gains and loses between two plans, and which limits of the new one it exceeds already. Pure. */
import type { Allowance, Plan, PlanVersion } from "../../catalog/model";
import { allowanceOf } from "../../catalog/rules";
import { decimal } from "../../kernel/decimal";
import { formatQuantity } from "../../kernel/money";
import { rateOverage } from "../../pricing";
import type { UsageView } from "../../usage/model";
import type { ExceededLimit, QuoteUsage } from "../model";

/** What is compared. */
export interface TermsComparison {
  from: Pick<PlanVersion, "terms" | "rank">;
  to: Pick<PlanVersion, "terms" | "rank">;
  usage: UsageView;
  /** People who may sign in. */
  members: number;
  /** Seats afterwards; null where the plan is not sold by the seat. */
  seats: number | null;
}

/** Compares. */
export function compareTerms(input: TermsComparison): {
  usage: QuoteUsage[];
  gained: string[];
  lost: string[];
  exceeded: ExceededLimit[];
} {
  const from = input.from.terms;
  const to = input.to.terms;
  const features = featureChanges(from, to);
  const support = supportText(from.support, to.support);
  const isDown = input.to.rank < input.from.rank;
  const meters = input.usage.meters.flatMap((meter) => meterChange(from, to, meter));
  const people = from.maxUsers === to.maxUsers ? null : peopleText(to.maxUsers);
  const morePeople = isMore(to.maxUsers, from.maxUsers);
  return {
    usage: usageChanges(input),
    gained: [
      ...features.gained,
      ...(support && !isDown ? [support] : []),
      ...meters.filter((m) => m.more).map((m) => m.text),
      ...(people && morePeople ? [people] : []),
    ],
    lost: [
      ...features.lost,
      ...(support && isDown ? [support] : []),
      ...meters.filter((m) => !m.more).map((m) => m.text),
      ...(people && !morePeople ? [people] : []),
    ],
    exceeded: exceededLimits(input),
  };
}

function featureChanges(from: Plan, to: Plan): { gained: string[]; lost: string[] } {
  const has = (plan: Plan) => new Set(plan.features.filter(({ included }) => included).map(({ label }) => label));
  const before = has(from);
  const after = has(to);
  return {
    gained: [...after].filter((label) => !before.has(label)),
    lost: [...before].filter((label) => !after.has(label)),
  };
}

/** One level takes the place of another: nobody loses e-mail for a person of their own. Which is better, the rank says. */
function supportText(from: string, to: string): string | null {
  const level = (support: string) => support.replace(/\s*support$/i, "") || "none";
  return from === to ? null : `Support: ${level(from)} → ${level(to)}`;
}

function meterChange(from: Plan, to: Plan, meter: UsageView["meters"][number]) {
  const before = allowanceOf(from, meter.meterKey).included;
  const after = allowanceOf(to, meter.meterKey).included;
  if (before === after) return [];
  const text = `${meter.displayName}: ${quantityText(after, meter)} instead of ${quantityText(before, meter)}`;
  return [{ text, more: isMore(after, before) }];
}

/** "500 GB a month", "unlimited", "none included". */
function quantityText(included: string | null, meter: UsageView["meters"][number]): string {
  if (included === null) return "unlimited";
  if (decimal(included).isZero()) return "none included";
  return `${formatQuantity(included)} ${meter.unitPlural} a month`;
}

function isMore(after: string | number | null, before: string | number | null): boolean {
  if (after === null) return true;
  return before !== null && decimal(after).greaterThan(decimal(before));
}

function peopleText(maxUsers: number | null): string {
  return maxUsers === null
    ? "People without limit"
    : `Up to ${formatQuantity(maxUsers)} ${maxUsers === 1 ? "person" : "people"}`;
}

function usageChanges({ from: { terms: from }, to: { terms: to }, usage }: TermsComparison): QuoteUsage[] {
  return usage.meters
    .filter((meter) => !decimal(meter.usedQuantity).isZero())
    .map((meter) => {
      const before = allowanceOf(from, meter.meterKey);
      const after = allowanceOf(to, meter.meterKey);
      return {
        meterKey: meter.meterKey,
        displayName: meter.displayName,
        used: meter.usedQuantity,
        includedBefore: before.included,
        includedAfter: after.included,
        overageBeforeMinor: overageAt(meter.usedQuantity, before, usage.currency),
        overageAfterMinor: overageAt(meter.usedQuantity, after, usage.currency),
      };
    });
}

function overageAt(used: string, { included, overage: price }: Allowance, currency: string): bigint {
  return rateOverage({ used, included, billed: "0", price, currency }).amountMinor;
}

function exceededLimits({ to: { terms: to }, usage, members, seats }: TermsComparison): ExceededLimit[] {
  const exceeded: ExceededLimit[] = usage.meters.flatMap((meter) => {
    const { included, limit } = allowanceOf(to, meter.meterKey);
    // What is sold as it is used has no limit that could be exceeded.
    if (included !== null && limit === "soft" && decimal(included).isZero()) return [];
    if (included === null || !decimal(meter.usedQuantity).greaterThan(decimal(included))) return [];
    const { displayName: what, usedQuantity: used, unitPlural: unit } = meter;
    return [{ what, used, allowed: included, unit, refuses: limit === "hard" }];
  });
  const people = seats ?? to.maxUsers;
  if (people !== null && members > people) {
    exceeded.push({ what: "People", used: String(members), allowed: String(people), unit: null, refuses: true });
  }
  return exceeded;
}
