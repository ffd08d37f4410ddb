/** The amounts of a price as parameters: whole minor units or exact decimals of them, flat or by tiers. */
import type Stripe from "stripe";
import { invalidParameter, invalidRequest } from "../http/errors";
import { boolean, decimal, either, hash, type Infer, integer, list, oneOf } from "../http/params";

/** Stripe's decimals travel as JSON strings; the SDK's type for them is a class the wire does not know. */
export function wireDecimal(text: string): Stripe.Decimal {
  return text as unknown as Stripe.Decimal;
}

/** A whole number of minor units. */
export const minorUnits = () => integer({ minimum: 0, maximum: 99_999_999_999 });
/** An exact decimal of minor units. */
export const decimalUnits = () => decimal({ places: 12, minimum: 0 });

/** One tier of a tiered price. */
export const tierParams = {
  up_to: either(oneOf("inf"), integer({ minimum: 1 })).required(),
  unit_amount: minorUnits(),
  unit_amount_decimal: decimalUnits(),
  flat_amount: minorUnits(),
  flat_amount_decimal: decimalUnits(),
};

/** The parameters that say what a price costs. */
export const amountParams = {
  unit_amount: minorUnits(),
  unit_amount_decimal: decimalUnits(),
  billing_scheme: oneOf("per_unit", "tiered"),
  tiers: list(hash(tierParams), { maximum: 1_000 }),
  tiers_mode: oneOf("graduated", "volume"),
  custom_unit_amount: hash({
    enabled: boolean().required(),
    maximum: minorUnits(),
    minimum: minorUnits(),
    preset: minorUnits(),
  }),
  transform_quantity: hash({
    divide_by: integer({ minimum: 1 }).required(),
    round: oneOf("up", "down").required(),
  }),
};

/** One amount in both of Stripe's forms; the whole number is null when the decimal has a fraction. */
export function bothForms(whole: number | undefined, exact: string | undefined, param: string) {
  if (whole !== undefined && exact !== undefined) {
    throw invalidRequest(`You may only specify one of these parameters: ${param}, ${param}_decimal.`, { param });
  }
  if (whole !== undefined) return { whole, exact: wireDecimal(String(whole)) };
  if (exact === undefined) return { whole: null, exact: null };
  return { whole: /^-?\d+$/.test(exact) ? Number(exact) : null, exact: wireDecimal(exact) };
}

function readTier(tier: Infer<typeof tierParams>, at: string): Stripe.Price.Tier {
  const unit = bothForms(tier.unit_amount, tier.unit_amount_decimal, `${at}[unit_amount]`);
  const flat = bothForms(tier.flat_amount, tier.flat_amount_decimal, `${at}[flat_amount]`);
  if (unit.exact === null && flat.exact === null) {
    throw invalidParameter(
      "parameter_missing",
      `${at}[unit_amount]`,
      "Each tier needs one of unit_amount, unit_amount_decimal, flat_amount or flat_amount_decimal.",
    );
  }
  return {
    flat_amount: flat.whole,
    flat_amount_decimal: flat.exact,
    unit_amount: unit.whole,
    unit_amount_decimal: unit.exact,
    up_to: tier.up_to === "inf" ? null : tier.up_to,
  };
}

/** Tiers in Stripe's shape; they must rise, and the last one must be open. */
export function readTiers(tiers: ReadonlyArray<Infer<typeof tierParams>>, path = "tiers"): Stripe.Price.Tier[] {
  const read = tiers.map((tier, position) => readTier(tier, `${path}[${position}]`));
  for (const [position, tier] of read.entries()) {
    const isLast = position === read.length - 1;
    const before = read[position - 1]?.up_to ?? 0;
    if (isLast ? tier.up_to !== null : tier.up_to === null || tier.up_to <= before) {
      throw invalidRequest("Tiers must rise, and the last one must have up_to=inf.", {
        param: `${path}[${position}][up_to]`,
      });
    }
  }
  return read;
}

type Amounts = Pick<
  Stripe.Price,
  "billing_scheme" | "custom_unit_amount" | "tiers_mode" | "transform_quantity" | "unit_amount" | "unit_amount_decimal"
> & { tiers?: Stripe.Price.Tier[] };

/** The amount fields of a price, or Stripe's 400 for a combination that makes no price. */
export function readAmounts(input: Infer<typeof amountParams>): Amounts {
  const transform = input.transform_quantity ?? null;
  if (input.billing_scheme === "tiered") {
    if (input.tiers === undefined || input.tiers.length === 0) {
      throw invalidParameter("parameter_missing", "tiers", "Missing required param: tiers.");
    }
    if (input.tiers_mode === undefined) {
      throw invalidParameter("parameter_missing", "tiers_mode", "Missing required param: tiers_mode.");
    }
    if (input.unit_amount !== undefined || input.unit_amount_decimal !== undefined || transform !== null) {
      throw invalidRequest("A tiered price takes neither unit_amount nor transform_quantity.", {
        param: "unit_amount",
      });
    }
    return {
      billing_scheme: "tiered",
      custom_unit_amount: null,
      tiers: readTiers(input.tiers),
      tiers_mode: input.tiers_mode,
      transform_quantity: null,
      unit_amount: null,
      unit_amount_decimal: null,
    };
  }
  if (input.tiers !== undefined || input.tiers_mode !== undefined) {
    throw invalidRequest("Tiers need billing_scheme=tiered.", { param: "tiers" });
  }
  const unit = bothForms(input.unit_amount, input.unit_amount_decimal, "unit_amount");
  const custom = input.custom_unit_amount?.enabled === true ? input.custom_unit_amount : null;
  if (custom !== null && unit.exact !== null) {
    throw invalidRequest("You may only specify one of these parameters: unit_amount, custom_unit_amount.", {
      param: "custom_unit_amount",
    });
  }
  if (unit.exact === null && custom === null) {
    throw invalidParameter(
      "parameter_missing",
      "unit_amount",
      "One of these parameters is required: unit_amount, unit_amount_decimal, custom_unit_amount.",
    );
  }
  return {
    billing_scheme: "per_unit",
    custom_unit_amount: custom && {
      maximum: custom.maximum ?? null,
      minimum: custom.minimum ?? null,
      preset: custom.preset ?? null,
    },
    tiers_mode: null,
    transform_quantity: transform,
    unit_amount: unit.whole,
    unit_amount_decimal: unit.exact,
  };
}
