/** A catalog's difference in words, the same on the command line and on the operator's page. Pure. */
import { formatMoney } from "../kernel/money";
import type { PlanDifference, StripeCreation } from "./rules-diff";

const PLAN_WORDS: Readonly<Record<PlanDifference["change"], (plan: PlanDifference) => string>> = {
  new: ({ versionId }) => `goes on sale as ${versionId}`,
  changed: ({ replaces, versionId }) => `becomes ${versionId}; ${replaces} is archived`,
  draft: ({ versionId }) => `draft ${versionId}, for operators only`,
  published: ({ replaces, versionId }) =>
    `draft ${versionId} goes on sale${replaces === null ? "" : `; ${replaces} is archived`}`,
  withdrawn: ({ versionId }) => `${versionId} goes off sale and is a draft again`,
  restored: ({ replaces, versionId }) =>
    `${versionId} is sold again${replaces === null ? "" : `; ${replaces} is archived`}`,
  archived: ({ versionId }) => `${versionId} goes off sale`,
  moved: ({ versionId }) => `${versionId} stays, at another place`,
  unchanged: ({ versionId }) => `${versionId} stays`,
};

/** What becomes of a plan: "becomes professional@2; professional@1 is archived". */
export function planChangeText(plan: PlanDifference): string {
  return PLAN_WORDS[plan.change](plan);
}

/** A value of a field: "none" where there is nothing, quotes where there is an empty text. */
export function fieldValueText(value: string | null): string {
  if (value === null) return "none";
  return value === "" ? '""' : value;
}

/** What would be made at Stripe: "price professional@2:month, $299.00 a month (lost at Stripe)". */
export function creationText(creation: StripeCreation, currency: string): string {
  const { amountMinor, interval, isRepair, name, what } = creation;
  const cost = amountMinor === null ? "" : `, ${formatMoney({ amountMinor, currency })} a ${interval}`;
  const title = { product: "product", price: "price", tax_rate: "tax rate" }[what];
  return `${title} ${name}${cost}${isRepair ? " (lost at Stripe)" : ""}`;
}
