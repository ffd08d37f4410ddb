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
import type { PlanFound, PlanPush, PriceFound, StripeGateway, TaxRatePush } from "./gateway";
import { callKey } from "./idempotency";
import { idOf, wireAmount } from "./translate/values";

type CatalogCalls = Pick<StripeGateway, "pushPlan" | "findPlan" | "pushTaxRate" | "findTaxRate">;

/** The gateway's calls about the catalog. */
export function catalogCalls(client: ClientSource): CatalogCalls {
  return {
    pushPlan: (plan) => callStripe(() => pushPlan(client(), plan)),
    findPlan: (plan) => callStripe(() => findPlan(client(), plan)),
    pushTaxRate: (rate) => callStripe(() => pushTaxRate(client(), rate)),
    findTaxRate: (rate) => callStripe(() => findTaxRate(client(), rate)),
  };
}

/** What a price of a plan version is for: the plan itself, or one more seat. */
type PricePart = "plan" | "seat";

function lookupKey(plan: PlanPush, interval: BillingInterval, part: PricePart): string {
  return `quittance_${plan.planVersionId}_${interval}${part === "seat" ? "_seat" : ""}`;
}

async function knownPrices(stripe: Stripe, plan: PlanPush): Promise<Stripe.Price[]> {
  const lookupKeys = (["plan", "seat"] as const).flatMap((part) => [
    lookupKey(plan, "month", part),
    lookupKey(plan, "year", part),
  ]);
  return (await stripe.prices.list({ lookup_keys: lookupKeys, limit: 10 })).data;
}

/** The price that sells exactly this, if it is there: an amount at Stripe never changes, so another one is another price. */
function findPrice(known: readonly Stripe.Price[], key: string, amountMinor: bigint, currency: string) {
  const amount = wireAmount(amountMinor);
  return known.find((price) => price.lookup_key === key && price.unit_amount === amount && price.currency === currency);
}

async function findPlan(stripe: Stripe, plan: PlanPush): Promise<PlanFound> {
  const known = await knownPrices(stripe, plan);
  const first = known.find((price) => price.metadata.part !== "seat");
  const prices: PriceFound[] = [];
  const find = (interval: BillingInterval, part: PricePart, amountMinor: bigint | null) => {
    if (amountMinor === null) return null;
    const key = lookupKey(plan, interval, part);
    const stripePriceId = findPrice(known, key, amountMinor, plan.currency)?.id ?? null;
    prices.push({ lookupKey: key, interval, amountMinor, stripePriceId });
    return stripePriceId;
  };
  return {
    stripeProductId: first ? idOf(first.product) : null,
    stripeMonthlyPriceId: find("month", "plan", plan.monthlyPriceMinor),
    stripeAnnualPriceId: find("year", "plan", plan.annualPriceMinor),
    stripeMonthlySeatPriceId: find("month", "seat", plan.monthlySeatPriceMinor),
    stripeAnnualSeatPriceId: find("year", "seat", plan.annualSeatPriceMinor),
    prices,
  };
}

async function pushPlan(stripe: Stripe, plan: PlanPush) {
  const known = await knownPrices(stripe, plan);
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
  const found = findPrice(known, key, wanted.amountMinor, plan.currency);
  if (found) return found.id;
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

async function findTaxRate(stripe: Stripe, rate: TaxRatePush): Promise<string | null> {
  const percentage = Number(rate.percentage);
  for await (const known of stripe.taxRates.list({ active: true, inclusive: false, limit: 100 })) {
    if (known.metadata?.quittance_key === rate.key && known.percentage === percentage) return known.id;
  }
  return null;
}

async function pushTaxRate(stripe: Stripe, rate: TaxRatePush): Promise<string> {
  const found = await findTaxRate(stripe, rate);
  if (found !== null) return found;
  const percentage = Number(rate.percentage);
  const created = await stripe.taxRates.create(
    { display_name: rate.displayName, percentage, inclusive: false, metadata: { quittance_key: rate.key } },
    { idempotencyKey: callKey("tax-rate", rate.key, rate.percentage, fingerprint(rate.displayName)) },
  );
  return created.id;
}
