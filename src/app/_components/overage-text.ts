/** Overage prices and how an overage amount came to be, in words. */
import type { Allowance, OveragePrice, Tier } from "@/billing/catalog/model";
import type { OverageDetail } from "@/billing/pricing";
import { quantityText, unitPriceText } from "@/ui/money";

type Units = { unit: string; unitPlural: string };

/** What more costs, step by step: "$0.50 per job", or a step each: "up to 1,000: $0.10 per call", "over 1,000: $0.05 per call". */
export function overageSteps(price: OveragePrice, meter: Units, currency: string): string[] {
  switch (price.model) {
    case "per_unit":
      return [perUnit(price.unitPrice, meter, currency)];
    case "graduated":
      return tierSteps(price.tiers, meter, currency);
    case "volume":
      return [...tierSteps(price.tiers, meter, currency), "the last step reached prices all of them"];
    case "package": {
      const words = `${unitPriceText(price.price, currency)} per ${quantityText(price.size)} ${meter.unitPlural}`;
      return [`${words}, ${price.rounding === "up" ? "begun ones count" : "full ones only"}`];
    }
  }
}

function tierSteps(tiers: readonly Tier[], meter: Units, currency: string): string[] {
  return tiers.map(({ upTo, unitPrice }, index) => {
    const words = perUnit(unitPrice, meter, currency);
    return tiers.length === 1 ? words : `${stepText(tiers[index - 1]?.upTo ?? "0", upTo)}: ${words}`;
  });
}

function perUnit(unitPrice: string, meter: Units, currency: string): string {
  return `${unitPriceText(unitPrice, currency)} per ${meter.unit}`;
}

function stepText(from: string, to: string | null): string {
  if (to === null) return `over ${quantityText(from)}`;
  return Number(from) === 0 ? `up to ${quantityText(to)}` : `${quantityText(from)} to ${quantityText(to)}`;
}

/** What more costs in one phrase, null when it is not sold or costs nothing. */
export function overageText(allowance: Allowance, meter: Units, currency: string): string | null {
  return allowance.overage === null ? null : overageSteps(allowance.overage, meter, currency).join("; ");
}

/** The rows that say more than quantity times unit price does, each as a sentence with its exact amount. */
export function detailTexts(details: readonly OverageDetail[], currency: string): string[] {
  const [only] = details;
  if (details.length <= 1 && only?.kind !== "package" && Number(only?.from ?? 0) === 0) return [];
  return details.map((row) => `${detailWords(row, currency)} = ${amountText(row.amount, currency)}`);
}

function detailWords(row: OverageDetail, currency: string): string {
  const quantity = quantityText(row.quantity);
  const price = row.unitPrice === null ? "" : unitPriceText(row.unitPrice, currency);
  if (row.kind === "billed") return `${quantity} billed before`;
  if (row.kind === "package") return `${quantity} × ${quantityText(row.packageSize ?? "1")} for ${price}`;
  const isWhole = Number(row.from) === 0 && row.to === null;
  return `${isWhole ? "" : `${stepText(row.from, row.to)}: `}${quantity} × ${price}`;
}

function amountText(amount: string, currency: string): string {
  return unitPriceText(amount, currency).replace("-", "−");
}
