/**
 * Prices in more than one currency: `currency_options`.
 *
 * Owns: reading the options, and keeping them whole. A price that has any carries all of them, its own currency among
 * them, in its record; they are shown only when expanded.
 */
import type Stripe from "stripe";
import { byCurrency } from "../http/currency-map";
import { invalidRequest } from "../http/errors";
import { hash, type Infer, list, oneOf } from "../http/params";
import { registerIncludable } from "../http/present";
import { bothForms, decimalUnits, minorUnits, readTiers, tierParams } from "./price-amounts";

type Options = NonNullable<Stripe.Price["currency_options"]>;
type Option = Options[string];

const optionParams = {
  tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
  tiers: list(hash(tierParams), { maximum: 1_000 }),
  unit_amount: minorUnits(),
  unit_amount_decimal: decimalUnits(),
};

/** `currency_options` of a price. */
export const currencyOptions = byCurrency(optionParams, ["custom_unit_amount"]);

type OptionParameters = Infer<typeof optionParams>;

registerIncludable("price", "currency_options", (_tx, price) => {
  const own = price as unknown as Stripe.Price;
  return { [own.currency]: ownOption(own) };
});

/** The price's own currency as one of its options. */
function ownOption(price: Stripe.Price): Option {
  return {
    custom_unit_amount: price.custom_unit_amount,
    tax_behavior: price.tax_behavior,
    ...(price.tiers === undefined ? {} : { tiers: price.tiers }),
    unit_amount: price.unit_amount,
    unit_amount_decimal: price.unit_amount_decimal,
  };
}

/** The price with the given options added or replaced; null takes all of them away but its own currency. */
export function withCurrencyOptions(
  price: Stripe.Price,
  given: Record<string, OptionParameters> | null | undefined,
  path = "currency_options",
): Stripe.Price {
  const { currency_options: before, ...rest } = price;
  if (given === null || (given === undefined && before === undefined)) return rest;
  const options: Options = { ...before, [price.currency]: ownOption(price) };
  for (const [currency, option] of Object.entries(given ?? {})) {
    const at = `${path}[${currency}]`;
    if (currency === price.currency) {
      throw invalidRequest("The price's own currency cannot be one of its currency_options.", { param: at });
    }
    options[currency] = readOption(price, option, before?.[currency], at);
  }
  return { ...rest, currency_options: options };
}

function readOption(price: Stripe.Price, given: OptionParameters, before: Option | undefined, at: string): Option {
  const behavior = taxBehavior(given, before, at);
  const isTiered = price.billing_scheme === "tiered";
  const unit = bothForms(given.unit_amount, given.unit_amount_decimal, `${at}[unit_amount]`);
  if (isTiered ? unit.exact !== null : given.tiers !== undefined) {
    throw invalidRequest("Every currency of a price must have the same billing scheme.", { param: at });
  }
  const isSilent = isTiered ? given.tiers === undefined : unit.exact === null;
  if (isSilent && before !== undefined) return { ...before, tax_behavior: behavior };
  if (isSilent) {
    const name = isTiered ? "tiers" : "unit_amount";
    throw invalidRequest(`Missing required param: ${at}[${name}].`, {
      code: "parameter_missing",
      param: `${at}[${name}]`,
    });
  }
  const base = { custom_unit_amount: null, tax_behavior: behavior };
  if (!isTiered) return { ...base, unit_amount: unit.whole, unit_amount_decimal: unit.exact };
  const tiers = readTiers(given.tiers ?? [], `${at}[tiers]`);
  const bounds = (all: readonly { up_to: number | null }[]) => all.map((tier) => tier.up_to).join();
  if (bounds(tiers) !== bounds(price.tiers ?? [])) {
    throw invalidRequest("The tiers of every currency of a price must have the same bounds.", {
      param: `${at}[tiers]`,
    });
  }
  return { ...base, tiers, unit_amount: null, unit_amount_decimal: null };
}

function taxBehavior(given: OptionParameters, before: Option | undefined, at: string): Option["tax_behavior"] {
  const old = before?.tax_behavior ?? "unspecified";
  if (given.tax_behavior !== undefined && old !== "unspecified" && given.tax_behavior !== old) {
    throw invalidRequest("The tax behavior of a price cannot be changed once it is set.", {
      param: `${at}[tax_behavior]`,
    });
  }
  return given.tax_behavior ?? old;
}
