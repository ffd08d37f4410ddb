/** A plan of the catalog as a body of the REST API. Pure. */
import type { z } from "zod";
import { allowanceOf } from "@/billing/catalog";
import type { Meter, OveragePrice, PlanVersion, Tier } from "@/billing/catalog/model";
import { decimal } from "@/billing/kernel/decimal";
import { toMajorNumber } from "@/billing/kernel/money";
import type { planBodySchema } from "./schemas-plans";
import { quantityNumber } from "./translate";

type PlanBody = z.output<typeof planBodySchema>;

/** A plan with the limits the catalog lists for it, and the price of everything in it. */
export function planBody(version: PlanVersion, meters: readonly Meter[]): PlanBody {
  const { terms } = version;
  const price = (minor: bigint | null) => (minor === null ? null : toMajorNumber(minor, version.currency));
  const limits: Record<string, number | null> = {};
  for (const meter of meters) {
    if (meter.planField) limits[meter.planField] = quantityNumber(allowanceOf(terms, meter.key).included);
  }
  return {
    id: version.planKey,
    name: version.name,
    price_monthly: price(version.monthlyPriceMinor),
    price_annual: price(version.annualPriceMinor),
    max_users: terms.maxUsers,
    ...limits,
    currency: version.currency,
    trial: terms.trial && { days: terms.trial.days, payment_method: terms.trial.paymentMethod },
    seats: terms.seats && {
      included: terms.seats.included,
      price_monthly: quantityNumber(terms.seats.monthlyPrice),
      price_annual: quantityNumber(terms.seats.annualPrice),
      max: terms.seats.max,
    },
    usage: meters.map((meter) => {
      const { included, limit, overage } = allowanceOf(terms, meter.key);
      return {
        usage_type: meter.key,
        unit: meter.unit,
        included: quantityNumber(included),
        limit,
        overage: overage && overageBody(overage),
      };
    }),
    features: terms.features,
  };
}

function overageBody(price: OveragePrice): NonNullable<PlanBody["usage"][number]["overage"]> {
  switch (price.model) {
    case "per_unit":
      return { model: price.model, unit_price: decimal(price.unitPrice).toNumber() };
    case "graduated":
    case "volume":
      return { model: price.model, tiers: price.tiers.map(tierBody) };
    case "package": {
      const { model, rounding } = price;
      return { model, size: decimal(price.size).toNumber(), price: decimal(price.price).toNumber(), rounding };
    }
  }
}

function tierBody({ upTo, unitPrice }: Tier) {
  return { up_to: quantityNumber(upTo), unit_price: decimal(unitPrice).toNumber() };
}
