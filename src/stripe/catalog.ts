/**
 * The catalog at Stripe: a product per plan version, a price per interval, one tax rate.
 *
 * Found again by lookup key and metadata, so pushing twice makes nothing new, also from another database. A price at Stripe
 * cannot change: where an amount differs from ours the lookup key moves to a new price and old subscriptions keep theirs.
 */
import type Stripe from "stripe";
import type { BillingInterval } from "@/billing/subscriptions/model";
import type { ClientSource } from "./client";
import { callStripe } from "./errors";
import type { PlanPush, StripeGateway } from "./gateway";
import { callKey } from "./idempotency";
import { idOf, wireAmount } from "./translate/values";

type CatalogCalls = Pick<StripeGateway, "pushPlan" | "pushTaxRate">;

/** The gateway's calls about the catalog. */
export function catalogCalls(client: ClientSource): CatalogCalls {
  return {
    pushPlan: (plan) => callStripe(() => pushPlan(client(), plan)),
    pushTaxRate: (rate) => callStripe(() => pushTaxRate(client(), rate)),
  };
}

/** What a price of a plan version is for: the plan itself, or one more seat. */
type PricePart = "plan" | "seat";

function lookupKey(plan: PlanPush, interval: BillingInterval, part: PricePart): string {
  return `quittance_${plan.planVersionId}_${interval}${part === "seat" ? "_seat" : ""}`;
}

async function pushPlan(stripe: Stripe, plan: PlanPush) {
  const lookupKeys = (["plan", "seat"] as const).flatMap((part) => [
    lookupKey(plan, "month", part),
    lookupKey(plan, "year", part),
  ]);
  const { data: known } = await stripe.prices.list({ lookup_keys: lookupKeys, limit: 10 });
  const first = known.find((price) => price.metadata.part !== "seat");
  const firstSeat = known.find((price) => price.metadata.part === "seat");
  const stripeProductId = first ? idOf(first.product) : await ensureProduct(stripe, plan, "plan");
  const sellsSeats = plan.monthlySeatPriceMinor !== null || plan.annualSeatPriceMinor !== null;
  // Seats are a product of their own: Stripe prints the product's name on the line.
  const seatProductId = firstSeat
    ? idOf(firstSeat.product)
    : sellsSeats
      ? await ensureProduct(stripe, plan, "seat")
      : stripeProductId;
  const push = (interval: BillingInterval, part: PricePart, amountMinor: bigint | null) => {
    if (amountMinor === null) return null;
    const productId = part === "seat" ? seatProductId : stripeProductId;
    return ensurePrice(stripe, { plan, interval, part, amountMinor, stripeProductId: productId, known });
  };
  return {
    stripeProductId,
    stripeMonthlyPriceId: await push("month", "plan", plan.monthlyPriceMinor),
    stripeAnnualPriceId: await push("year", "plan", plan.annualPriceMinor),
    stripeMonthlySeatPriceId: await push("month", "seat", plan.monthlySeatPriceMinor),
    stripeAnnualSeatPriceId: await push("year", "seat", plan.annualSeatPriceMinor),
  };
}

async function ensureProduct(stripe: Stripe, plan: PlanPush, part: PricePart): Promise<string> {
  const name = part === "seat" ? `${plan.name}: additional seat` : plan.name;
  const kind = part === "seat" ? ["product", "seat"] : ["product"];
  const product = await stripe.products.create(
    { name, metadata: { plan_key: plan.planKey, plan_version: plan.planVersionId, part } },
    { idempotencyKey: callKey("catalog", plan.planVersionId, ...kind, fingerprint(name)) },
  );
  return product.id;
}

interface WantedPrice {
  plan: PlanPush;
  interval: BillingInterval;
  part: PricePart;
  amountMinor: bigint;
  stripeProductId: string;
  known: Stripe.Price[];
}

async function ensurePrice(stripe: Stripe, wanted: WantedPrice): Promise<string> {
  const { plan, interval, part, stripeProductId, known } = wanted;
  const key = lookupKey(plan, interval, part);
  const amount = wireAmount(wanted.amountMinor);
  const found = known.find((price) => price.lookup_key === key);
  if (found && found.unit_amount === amount && found.currency === plan.currency) return found.id;
  const price = await stripe.prices.create(
    {
      product: stripeProductId,
      currency: plan.currency,
      unit_amount: amount,
      recurring: { interval },
      tax_behavior: "exclusive",
      lookup_key: key,
      transfer_lookup_key: true,
      metadata: { plan_key: plan.planKey, plan_version: plan.planVersionId, part },
    },
    { idempotencyKey: callKey("catalog", plan.planVersionId, interval, part, plan.currency, amount, stripeProductId) },
  );
  return price.id;
}

/** Letters and digits of a name: a key must change when the parameters do, or Stripe refuses it. */
function fingerprint(name: string): string {
  return Buffer.from(name).toString("base64url").slice(0, 100);
}

async function pushTaxRate(
  stripe: Stripe,
  rate: { displayName: string; percentage: string; key: string },
): Promise<string> {
  const percentage = Number(rate.percentage);
  for await (const known of stripe.taxRates.list({ active: true, inclusive: false, limit: 100 })) {
    if (known.metadata?.quittance_key === rate.key && known.percentage === percentage) return known.id;
  }
  const created = await stripe.taxRates.create(
    { display_name: rate.displayName, percentage, inclusive: false, metadata: { quittance_key: rate.key } },
    { idempotencyKey: callKey("tax-rate", rate.key, rate.percentage, fingerprint(rate.displayName)) },
  );
  return created.id;
}
