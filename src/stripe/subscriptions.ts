/**
 * Subscriptions at Stripe: start, change, pause, end, resume, read. One item for the plan and at most one for additional
 * seats, in flexible billing mode.
 *
 * Refuses nothing by itself: what may be changed when is the domain's rule. Every parameter that Stripe has a default for
 * and that moves money is passed explicitly, because defaults have changed between API versions.
 */
import type Stripe from "stripe";
import { declineError } from "@/billing/kernel/declines";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe, isMissing } from "./errors";
import type { InvoiceRecord, StripeGateway, SubscriptionReceipt, SubscriptionRecord } from "./gateway";
import { callKey } from "./idempotency";
import { completeInvoice } from "./invoices";
import { changeParams, PAUSE, RESUMPTION, startParams, trialEndParams } from "./subscription-params";
import { confirmationOf, subscriptionRecord } from "./translate/subscription";
import { idOf } from "./translate/values";

type SubscriptionCalls = Pick<
  StripeGateway,
  | "createSubscription"
  | "changeSubscription"
  | "abandonPendingUpdate"
  | "endTrial"
  | "pauseSubscription"
  | "unpauseSubscription"
  | "cancelSubscriptionAtPeriodEnd"
  | "resumeSubscription"
  | "cancelSubscriptionNow"
  | "fetchSubscription"
  | "listLiveSubscriptions"
  | "fetchConfirmation"
>;

/** What a record is made of beside the object itself. */
export const RECORD = ["schedule", "discounts.source.coupon"];
const CONFIRMATION = ["latest_invoice.confirmation_secret", "pending_setup_intent"];
const RECEIPT = [...RECORD, ...CONFIRMATION, "latest_invoice.payments"];

/** The gateway's calls about subscriptions. */
export function subscriptionCalls(client: ClientSource): SubscriptionCalls {
  const update = async (id: string, params: Stripe.SubscriptionUpdateParams, key: string) =>
    client().subscriptions.update(id, { ...params, expand: RECEIPT }, { idempotencyKey: key });
  return {
    createSubscription: (request, key) =>
      callStripe(async () => {
        const params = creation(request);
        return receipt(client(), await client().subscriptions.create(params, { idempotencyKey: key }), () => true);
      }),
    changeSubscription: (request, key) => callStripe(() => change(client(), request, key)),
    abandonPendingUpdate: (id, key) => callStripe(() => abandon(client(), id, key)),
    endTrial: ({ stripeSubscriptionId, withdraws }, key) =>
      callStripe(async () => {
        const charged = { payment_behavior: "error_if_incomplete", off_session: true } as const;
        const ended = await update(stripeSubscriptionId, { ...trialEndParams(withdraws), ...charged }, key);
        return receipt(client(), ended, (invoice) => invoice.billing_reason === "subscription_update");
      }),
    pauseSubscription: (id, key) =>
      callStripe(async () => {
        const paused = await client().subscriptions.pause(id, PAUSE, { idempotencyKey: key });
        return record(client(), paused.id);
      }),
    unpauseSubscription: (id, key) => callStripe(() => unpause(client(), id, key)),
    cancelSubscriptionAtPeriodEnd: (id, key) =>
      callStripe(async () => subscriptionRecord(await update(id, { cancel_at_period_end: true }, key))),
    resumeSubscription: (id, key) => callStripe(() => resume(client(), id, key)),
    cancelSubscriptionNow: (id, options, key) => callStripe(() => cancelNow(client(), id, options, key)),
    fetchSubscription: async (id) => {
      const found = await findAtStripe(() => client().subscriptions.retrieve(id, { expand: RECORD }));
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
  const { stripePaymentMethodId } = request;
  return {
    ...startParams(request),
    collection_method: "charge_automatically",
    metadata: { tenant_id: request.tenantId, plan_version: request.planVersionId, operation: request.operationId },
    ...(stripePaymentMethodId && { default_payment_method: stripePaymentMethodId }),
    ...(request.whenUnpaid === "refuse"
      ? { payment_behavior: "error_if_incomplete", off_session: true }
      : {
          payment_behavior: "default_incomplete",
          payment_settings: { save_default_payment_method: "on_subscription" },
        }),
    expand: RECEIPT,
  };
}

/**
 * A change that may wait is parked by Stripe when its payment does not succeed, with its discount: the code is redeemed
 * when it is paid. A card that says no is a refusal all the same: the parked change is given up, so that nothing has changed.
 */
async function change(
  stripe: Stripe,
  request: Parameters<StripeGateway["changeSubscription"]>[0],
  key: string,
): Promise<SubscriptionReceipt> {
  const parks = request.whenUnpaid === "wait" && (request.proration === "now" || request.restartPeriod);
  const changed = await stripe.subscriptions.update(
    request.stripeSubscriptionId,
    {
      ...changeParams(request),
      payment_behavior: parks ? "pending_if_incomplete" : "error_if_incomplete",
      ...(!parks && { off_session: true }),
      expand: RECEIPT,
    },
    { idempotencyKey: key },
  );
  const made = await receipt(stripe, changed, (invoice) => isOfChange(invoice, request));
  if (!parks || changed.pending_update === null || made.invoice === null) return made;
  const intent = made.invoice.stripePaymentIntentId;
  const payment = intent === null ? null : await stripe.paymentIntents.retrieve(intent);
  if (payment?.status !== "requires_payment_method") return made;
  const error = payment.last_payment_error;
  await abandon(stripe, request.stripeSubscriptionId, callKey(key, "abandon"));
  throw declineError({ code: error?.code ?? null, declineCode: error?.decline_code ?? null });
}

async function abandon(stripe: Stripe, id: string, key: string): Promise<void> {
  const current = await stripe.subscriptions.retrieve(id, { expand: ["latest_invoice"] });
  const invoice = current.latest_invoice;
  if (current.pending_update === null || invoice === null || typeof invoice === "string") return;
  if (invoice.status === "open") await stripe.invoices.voidInvoice(invoice.id, {}, { idempotencyKey: key });
}

/** Whether the newest invoice is the one this change made: a change that comes to no cent makes none. */
function isOfChange(invoice: Stripe.Invoice, request: Parameters<StripeGateway["changeSubscription"]>[0]): boolean {
  return invoice.billing_reason === "subscription_update" && invoice.id !== request.latestStripeInvoiceId;
}

/** A resumption whose payment fails stays paused: its invoice is given up, so that it is not collected behind the back. */
async function unpause(stripe: Stripe, id: string, key: string): Promise<SubscriptionReceipt> {
  const params = { ...RESUMPTION, payment_behavior: "resume_on_payment_success" as const, expand: RECEIPT };
  const resumed = await stripe.subscriptions.resume(id, params, { idempotencyKey: key });
  const made = await receipt(stripe, resumed, () => true);
  if (resumed.status !== "paused") return made;
  const invoice = resumed.latest_invoice;
  if (invoice !== null && typeof invoice !== "string" && invoice.status === "open") {
    await stripe.invoices.voidInvoice(idOf(invoice), {}, { idempotencyKey: callKey(key, "void") });
  }
  throw declineError({ code: "card_declined", declineCode: null });
}

async function record(stripe: Stripe, id: string): Promise<SubscriptionRecord> {
  return subscriptionRecord(await stripe.subscriptions.retrieve(id, { expand: RECORD }));
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
  const expanded = { ...params, expand: RECORD };
  return subscriptionRecord(await stripe.subscriptions.update(id, expanded, { idempotencyKey: key }));
}

async function cancelNow(
  stripe: Stripe,
  id: string,
  options: { prorate: boolean; invoiceNow: boolean },
  key: string,
): Promise<SubscriptionRecord> {
  try {
    const unpaid = await giveUpStart(stripe, id, callKey(key, "void"));
    if (unpaid !== null) return unpaid;
    const params = { prorate: options.prorate, invoice_now: options.invoiceNow, expand: RECORD };
    return subscriptionRecord(await stripe.subscriptions.cancel(id, params, { idempotencyKey: key }));
  } catch (error) {
    // Stripe ignores idempotency keys on DELETE and calls a canceled subscription missing: a retry finds its own success.
    const current = isMissing(error) ? await stripe.subscriptions.retrieve(id, { expand: RECORD }) : null;
    if (current?.status === "canceled") return subscriptionRecord(current);
    throw error;
  }
}

/**
 * A start that was never paid ends with its first invoice: canceled alone, Stripe would leave that open, and somebody could
 * still pay for a plan that will never run. One that was paid meanwhile cannot be voided. Null for every other subscription.
 */
async function giveUpStart(stripe: Stripe, id: string, key: string): Promise<SubscriptionRecord | null> {
  const current = await stripe.subscriptions.retrieve(id, { expand: ["latest_invoice"] });
  const invoice = current.latest_invoice;
  if (current.status !== "incomplete" || invoice === null || typeof invoice === "string") return null;
  if (invoice.status !== "open") return null;
  await stripe.invoices.voidInvoice(invoice.id, {}, { idempotencyKey: key });
  const ended = await stripe.subscriptions.retrieve(id, { expand: RECORD });
  return ended.status === "incomplete" ? null : subscriptionRecord(ended);
}

async function listLive(stripe: Stripe, stripeCustomerId: string): Promise<SubscriptionRecord[]> {
  const live: SubscriptionRecord[] = [];
  const filter = { customer: stripeCustomerId, limit: 100, expand: RECORD.map((path) => `data.${path}`) };
  for await (const subscription of stripe.subscriptions.list(filter)) {
    const isOver = subscription.status === "canceled" || subscription.status === "incomplete_expired";
    if (!isOver) live.push(subscriptionRecord(subscription));
  }
  return live;
}
