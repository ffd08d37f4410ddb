/** Making a price: from the endpoint of prices, as the default of a new product, or inside another request. */
import type Stripe from "stripe";
import { planOf } from "../billing/terms";
import { invalidRequest } from "../http/errors";
import type { Infer } from "../http/params";
import type { Transaction } from "../store/transaction";
import { type amountParams, readAmounts } from "./price-amounts";
import { type currencyOptions, withCurrencyOptions } from "./price-currencies";

type Interval = Stripe.Price.Recurring["interval"];

/** What a price is made from; the product exists already. */
export interface NewPrice {
  amounts: Infer<typeof amountParams>;
  currency: string;
  product: string;
  recurring?: Partial<Stripe.Price.Recurring> & { interval: Interval };
  currencyOptions?: ReturnType<(typeof currencyOptions)["decode"]> | undefined;
  taxBehavior?: Stripe.Price["tax_behavior"] | undefined;
  rest?: Partial<Pick<Stripe.Price, "active" | "lookup_key" | "metadata" | "nickname">>;
}

const longest: Record<string, number> = { day: 1_095, week: 156, month: 36, year: 3 };

/** Metered prices count with an active meter; others have none. */
function checkMeter(tx: Transaction, recurring: NonNullable<NewPrice["recurring"]>, param: string): void {
  const id = recurring.meter ?? null;
  if (recurring.usage_type !== "metered") {
    if (id === null) return;
    throw invalidRequest("A meter can only be set on a price with `usage_type=metered`.", { param });
  }
  if (id === null) {
    throw invalidRequest("Prices with `recurring[usage_type]=metered` must be backed by a meter.", {
      code: "parameter_missing",
      param,
    });
  }
  if (tx.get("meter", id, param).status !== "active") {
    throw invalidRequest(`The meter ${id} is inactive and cannot be attached to a price.`, { param });
  }
}

/** Stores a price and emits price.created. `path` prefixes the names in errors. */
export function createPrice(tx: Transaction, input: NewPrice, path = ""): Stripe.Price {
  const { recurring } = input;
  const at = (name: string, inner = "") => `${path === "" ? name : `${path}[${name}]`}${inner}`;
  if (recurring !== undefined && (recurring.interval_count ?? 1) > (longest[recurring.interval] ?? 0)) {
    throw invalidRequest("The maximum billing interval is 3 years.", { param: at("recurring", "[interval_count]") });
  }
  if (recurring !== undefined && input.amounts.custom_unit_amount?.enabled === true) {
    throw invalidRequest("A price with custom_unit_amount cannot recur.", { param: at("custom_unit_amount") });
  }
  if (recurring !== undefined) checkMeter(tx, recurring, at("recurring", "[meter]"));
  const price = tx.put(
    "price",
    withCurrencyOptions(
      {
        id: tx.newId("price"),
        object: "price",
        active: true,
        created: tx.now(null),
        currency: input.currency,
        livemode: false,
        lookup_key: null,
        metadata: {},
        nickname: null,
        product: input.product,
        recurring:
          recurring === undefined
            ? null
            : {
                interval: recurring.interval,
                interval_count: recurring.interval_count ?? 1,
                meter: recurring.meter ?? null,
                trial_period_days: recurring.trial_period_days ?? null,
                usage_type: recurring.usage_type ?? "licensed",
              },
        tax_behavior: input.taxBehavior ?? "unspecified",
        type: recurring === undefined ? "one_time" : "recurring",
        ...readAmounts(input.amounts),
        ...input.rest,
      },
      input.currencyOptions,
      at("currency_options"),
    ),
  );
  tx.emit("price.created", price);
  if (price.recurring !== null) tx.emit("plan.created", planOf(price));
  return price;
}
