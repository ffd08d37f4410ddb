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

function lookupKey(plan: PlanPush, interval: BillingInterval): string {
  return `quittance_${plan.planVersionId}_${interval}`;
}

async function pushPlan(stripe: Stripe, plan: PlanPush) {
  const lookupKeys = [lookupKey(plan, "month"), lookupKey(plan, "year")];
  const { data: known } = await stripe.prices.list({ lookup_keys: lookupKeys, limit: 10 });
  const first = known[0];
  const stripeProductId = first ? idOf(first.product) : await ensureProduct(stripe, plan);
  const push = (interval: BillingInterval, amountMinor: bigint | null) =>
    amountMinor === null ? null : ensurePrice(stripe, { plan, interval, amountMinor, stripeProductId, known });
  return {
    stripeProductId,
    stripeMonthlyPriceId: await push("month", plan.monthlyPriceMinor),
    stripeAnnualPriceId: await push("year", plan.annualPriceMinor),
  };
}

async function ensureProduct(stripe: Stripe, plan: PlanPush): Promise<string> {
  const product = await stripe.products.create(
    { name: plan.name, metadata: { plan_key: plan.planKey, plan_version: plan.planVersionId } },
    { idempotencyKey: callKey("catalog", plan.planVersionId, "product", fingerprint(plan.name)) },
  );
  return product.id;
}

interface WantedPrice {
  plan: PlanPush;
  interval: BillingInterval;
  amountMinor: bigint;
  stripeProductId: string;
  known: Stripe.Price[];
}

async function ensurePrice(stripe: Stripe, wanted: WantedPrice): Promise<string> {
  const { plan, interval, stripeProductId, known } = wanted;
  const key = lookupKey(plan, interval);
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
      metadata: { plan_key: plan.planKey, plan_version: plan.planVersionId },
    },
    { idempotencyKey: callKey("catalog", plan.planVersionId, interval, plan.currency, amount, stripeProductId) },
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
