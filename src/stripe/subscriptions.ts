/**
 * Subscriptions at Stripe: start, change, end, resume, read. One flat item each, in flexible billing mode.
 *
 * Refuses nothing by itself: what may be changed when is the domain's rule. Every parameter that Stripe has a default for
 * and that moves money is passed explicitly, because defaults have changed between API versions.
 */
import type Stripe from "stripe";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe, isMissing } from "./errors";
import type { InvoiceRecord, StripeGateway, SubscriptionReceipt, SubscriptionRecord } from "./gateway";
import { completeInvoice } from "./invoices";
import { PRORATION_BEHAVIOR } from "./proration";
import { confirmationOf, subscriptionRecord } from "./translate/subscription";
import { unixSeconds } from "./translate/values";

type SubscriptionCalls = Pick<
  StripeGateway,
  | "createSubscription"
  | "changeSubscriptionPlan"
  | "cancelSubscriptionAtPeriodEnd"
  | "resumeSubscription"
  | "cancelSubscriptionNow"
  | "fetchSubscription"
  | "listLiveSubscriptions"
  | "fetchConfirmation"
>;

const CONFIRMATION = ["latest_invoice.confirmation_secret", "pending_setup_intent"];
const RECEIPT = [...CONFIRMATION, "latest_invoice.payments"];

/** The gateway's calls about subscriptions. */
export function subscriptionCalls(client: ClientSource): SubscriptionCalls {
  return {
    createSubscription: (request, key) =>
      callStripe(async () => {
        const created = await client().subscriptions.create(creation(request), { idempotencyKey: key });
        return receipt(client(), created, () => true);
      }),
    changeSubscriptionPlan: (request, key) =>
      callStripe(async () => {
        const params = change(request);
        const changed = await client().subscriptions.update(request.stripeSubscriptionId, params, {
          idempotencyKey: key,
        });
        return receipt(client(), changed, (invoice) => isOfChange(invoice, request));
      }),
    cancelSubscriptionAtPeriodEnd: (id, key) =>
      callStripe(async () => {
        const params = { cancel_at_period_end: true };
        return subscriptionRecord(await client().subscriptions.update(id, params, { idempotencyKey: key }));
      }),
    resumeSubscription: (id, key) => callStripe(() => resume(client(), id, key)),
    cancelSubscriptionNow: (id, options, key) => callStripe(() => cancelNow(client(), id, options, key)),
    fetchSubscription: async (id) => {
      const found = await findAtStripe(() => client().subscriptions.retrieve(id));
      return found === null ? null : subscriptionRecord(found);
    },
    listLiveSubscriptions: (stripeCustomerId) => callStripe(() => listLive(client(), stripeCustomerId)),
    fetchConfirmation: async (id) => {
      const found = await findAtStripe(() => client().subscriptions.retrieve(id, { expand: CONFIRMATION }));
      return found === null ? null : confirmationOf(found);
    },
  };
}

function creation(request: Parameters<StripeGateway["createSubscription"]>[0]): Stripe.SubscriptionCreateParams {
  const { stripePaymentMethodId, stripeTaxRateId } = request;
  const metadata = {
    tenant_id: request.tenantId,
    ...(request.planVersionId && { plan_version: request.planVersionId }),
  };
  return {
    customer: request.stripeCustomerId,
    items: [{ price: request.stripePriceId, quantity: 1 }],
    billing_mode: { type: "flexible" },
    collection_method: "charge_automatically",
    metadata,
    ...(stripePaymentMethodId && { default_payment_method: stripePaymentMethodId }),
    ...(request.automaticTax && { automatic_tax: { enabled: true } }),
    ...(!request.automaticTax && stripeTaxRateId && { default_tax_rates: [stripeTaxRateId] }),
    ...(request.whenUnpaid === "refuse"
      ? { payment_behavior: "error_if_incomplete", off_session: true }
      : {
          payment_behavior: "default_incomplete",
          payment_settings: { save_default_payment_method: "on_subscription" },
        }),
    expand: RECEIPT,
  };
}

function change(request: Parameters<StripeGateway["changeSubscriptionPlan"]>[0]): Stripe.SubscriptionUpdateParams {
  const { proration, prorationAt } = request;
  return {
    // Without the item's id Stripe would add a second item; without the quantity it would reset it to 1.
    items: [{ id: request.stripeItemId, price: request.stripePriceId, quantity: request.quantity }],
    proration_behavior: PRORATION_BEHAVIOR[proration],
    ...(proration !== "none" && prorationAt !== null && { proration_date: unixSeconds(prorationAt) }),
    ...(request.restartPeriod && { billing_cycle_anchor: { type: "now" } }),
    payment_behavior: "error_if_incomplete",
    off_session: true,
    expand: RECEIPT,
  };
}

/** Whether the newest invoice is the one this change made, and not one from before it. */
function isOfChange(invoice: Stripe.Invoice, request: Parameters<StripeGateway["changeSubscriptionPlan"]>[0]): boolean {
  if (request.proration !== "now" && !request.restartPeriod) return false;
  if (invoice.billing_reason !== "subscription_update") return false;
  return request.prorationAt === null || invoice.created >= unixSeconds(request.prorationAt);
}

async function receipt(
  stripe: Stripe,
  subscription: Stripe.Subscription,
  isNew: (invoice: Stripe.Invoice) => boolean,
): Promise<SubscriptionReceipt> {
  const latest = subscription.latest_invoice;
  const invoice: InvoiceRecord | null =
    latest !== null && typeof latest !== "string" && isNew(latest) ? await completeInvoice(stripe, latest) : null;
  return { subscription: subscriptionRecord(subscription), invoice, confirmation: confirmationOf(subscription) };
}

/** The end may be set as a flag or, by Stripe's own portal in flexible mode, as a date; only the one in use is cleared. */
async function resume(stripe: Stripe, id: string, key: string): Promise<SubscriptionRecord> {
  const current = await stripe.subscriptions.retrieve(id);
  const dated = current.cancel_at !== null && !current.cancel_at_period_end;
  const params: Stripe.SubscriptionUpdateParams = dated ? { cancel_at: "" } : { cancel_at_period_end: false };
  return subscriptionRecord(await stripe.subscriptions.update(id, params, { idempotencyKey: key }));
}

async function cancelNow(
  stripe: Stripe,
  id: string,
  options: { prorate: boolean },
  key: string,
): Promise<SubscriptionRecord> {
  try {
    const params = { prorate: options.prorate, invoice_now: options.prorate };
    return subscriptionRecord(await stripe.subscriptions.cancel(id, params, { idempotencyKey: key }));
  } catch (error) {
    // Stripe ignores idempotency keys on DELETE and calls a canceled subscription missing: a retry finds its own success.
    const current = isMissing(error) ? await stripe.subscriptions.retrieve(id) : null;
    if (current?.status === "canceled") return subscriptionRecord(current);
    throw error;
  }
}

async function listLive(stripe: Stripe, stripeCustomerId: string): Promise<SubscriptionRecord[]> {
  const live: SubscriptionRecord[] = [];
  for await (const subscription of stripe.subscriptions.list({ customer: stripeCustomerId, limit: 100 })) {
    const isOver = subscription.status === "canceled" || subscription.status === "incomplete_expired";
    if (!isOver) live.push(subscriptionRecord(subscription));
  }
  return live;
}
