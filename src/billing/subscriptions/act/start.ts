/**
 * The act beat of starting a plan: the calls to Stripe in their order, each under a key of the operation.
 *
 * May run again after a crash at any call. Stripe then answers creations from memory, so whatever can have changed since is
 * fetched anew before it is believed.
 */
import type { InvoiceRecord, PaymentMethodRecord, SubscriptionReceipt } from "@/stripe/gateway";
import type { BillingContext } from "../../context";
import { BillingError } from "../../kernel/errors";
import { detachIfSaved, ensureStripeCustomer, sameMethods, type Tenant } from "../../tenants";
import type { Acted, Step } from "../promise";
import { fetchNow } from "../refresh";
import type { StartPlan } from "../rules/plan";
import { isLive, isPending } from "../rules/status";
import { takeTrial } from "../store";
import { syncSubscription } from "../sync";

type StartStep = Step<StartPlan>;

/** Starts the plan at Stripe. Throws `declined` after undoing what had been begun. */
export async function startAtStripe(ctx: BillingContext, tenant: Tenant, step: StartStep): Promise<Acted> {
  const { id, plan } = step;
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  if (plan.cancelFirst !== null) await endUnpaidStart(ctx, tenant, plan.cancelFirst, `${id}:cancel-first`);
  if (plan.trialDays !== null) await spendTrial(ctx, tenant, step);
  // A test card such as "pm_card_visa" becomes a method with a name of its own when it is attached.
  const attached =
    plan.paymentMethodId === null
      ? null
      : await ctx.stripe.attachPaymentMethod(stripeCustomerId, plan.paymentMethodId, `${id}:attach`);
  const payer = { stripeCustomerId, paymentMethodId: attached?.stripePaymentMethodId ?? null };
  const receipt = await createOrLetGo(ctx, tenant, step, payer);
  const { stripeSubscriptionId } = receipt.subscription;
  const facts = await fetchNow(ctx, tenant, stripeSubscriptionId);
  const isStarted = isLive(facts.record.status);
  if (attached !== null && isStarted) await keepOnce(ctx, stripeCustomerId, attached, id);
  const chargedNowMinor = isStarted ? (receipt.invoice?.amountPaidMinor ?? 0n) : 0n;
  return { outcome: { stripeSubscriptionId, chargedNowMinor, confirmation: receipt.confirmation }, facts };
}

/** One trial per tenant, ever; the row is the constraint, and a retry of the same start finds its own. */
async function spendTrial(ctx: BillingContext, tenant: Tenant, { id, plan }: StartStep): Promise<void> {
  const takenAt = ctx.clock.now(tenant.stripeTestClockId);
  const trial = { tenantId: tenant.id, planKey: plan.planVersionId.split("@")[0] ?? "", operationId: id, takenAt };
  if (await takeTrial(ctx.db.prisma, trial)) return;
  throw new BillingError("conflict", "subscription.trial_taken", "The trial has been used. The plan can be bought.");
}

/** Who pays, and with what; null lets the browser say. */
interface Payer {
  stripeCustomerId: string;
  paymentMethodId: string | null;
}

async function createOrLetGo(
  ctx: BillingContext,
  tenant: Tenant,
  { id, plan, promise }: StartStep,
  { stripeCustomerId, paymentMethodId }: Payer,
): Promise<SubscriptionReceipt> {
  const { items, discount, trialDays, whenUnpaid, planVersionId } = plan;
  const { stripeTaxRateId, automaticTax } = promise;
  const terms = { items, discount, trialDays, whenUnpaid, planVersionId, stripeTaxRateId, automaticTax };
  const made = await findMade(ctx, stripeCustomerId, id);
  try {
    const receipt =
      made ??
      (await ctx.stripe.createSubscription(
        { ...terms, stripeCustomerId, tenantId: tenant.id, operationId: id, stripePaymentMethodId: paymentMethodId },
        `${id}:create`,
      ));
    if (paymentMethodId === null || !isPending(receipt.subscription.status)) return receipt;
    const invoice = await payFirstInvoice(ctx, tenant, { receipt, paymentMethodId, id });
    return { ...receipt, invoice: invoice ?? receipt.invoice };
  } catch (error) {
    const declined = error instanceof BillingError && error.kind === "declined";
    // A retry may find it detached already.
    if (declined && paymentMethodId !== null && promise.attachFirst) {
      await detachIfSaved(ctx, stripeCustomerId, paymentMethodId, `${id}:detach`);
    }
    throw error;
  }
}

/**
 * What an earlier try of this start made, however long ago: Stripe forgets its keys after a day. Whatever was promised when,
 * a customer whose plan runs gets no second one.
 */
async function findMade(
  ctx: BillingContext,
  stripeCustomerId: string,
  operationId: string,
): Promise<SubscriptionReceipt | null> {
  const living = await ctx.stripe.listLiveSubscriptions(stripeCustomerId);
  if (living.some((record) => isLive(record.status) && record.operationId !== operationId)) {
    const message = "There is a subscription already. Change its plan instead of starting another one.";
    throw new BillingError("conflict", "subscription.already_active", message);
  }
  const subscription = living.find((record) => record.operationId === operationId);
  if (subscription === undefined) return null;
  const { stripeSubscriptionId, latestStripeInvoiceId } = subscription;
  const invoice = latestStripeInvoiceId === null ? null : await ctx.stripe.fetchInvoice(latestStripeInvoiceId);
  return { subscription, invoice, confirmation: await ctx.stripe.fetchConfirmation(stripeSubscriptionId) };
}

/**
 * A start that may wait for the browser is made without a first try to charge. With a card in hand the try is made here: a
 * bank that asks leaves the subscription waiting for the browser, any other refusal ends it.
 */
async function payFirstInvoice(
  ctx: BillingContext,
  tenant: Tenant,
  start: { receipt: SubscriptionReceipt; paymentMethodId: string; id: string },
): Promise<InvoiceRecord | null> {
  const { receipt, id } = start;
  const { stripeSubscriptionId, latestStripeInvoiceId } = receipt.subscription;
  if (latestStripeInvoiceId === null) return null;
  try {
    const options = { stripePaymentMethodId: start.paymentMethodId, onSession: true };
    return await ctx.stripe.payInvoice(latestStripeInvoiceId, options, `${id}:pay`);
  } catch (error) {
    if (!(error instanceof BillingError) || error.kind !== "declined") throw error;
    if (error.code === "payment.authentication_required") return null;
    await endUnpaidStart(ctx, tenant, stripeSubscriptionId, `${id}:cancel-declined`);
    throw error;
  }
}

/**
 * Charges the renewals to the card that has paid, which may have been saved before under another name: of one card one stays,
 * as when a card is added. Not sooner: a decline lets go of the new one, and the old one must still be there then.
 */
async function keepOnce(
  ctx: BillingContext,
  stripeCustomerId: string,
  payer: PaymentMethodRecord,
  id: string,
): Promise<void> {
  const { keptId, duplicateIds } = sameMethods(payer, await ctx.stripe.listPaymentMethods(stripeCustomerId));
  await ctx.stripe.setDefaultPaymentMethod(stripeCustomerId, keptId, `${id}:default:${keptId}`);
  for (const duplicateId of duplicateIds) {
    await detachIfSaved(ctx, stripeCustomerId, duplicateId, `${id}:same:${duplicateId}`);
  }
}

/** Ends a start that was never paid; one that was paid meanwhile is kept and stops the new start. */
async function endUnpaidStart(
  ctx: BillingContext,
  tenant: Tenant,
  stripeSubscriptionId: string,
  key: string,
): Promise<void> {
  const reason = "A start that was never paid gives way";
  const { record, sourceAt } = await fetchNow(ctx, tenant, stripeSubscriptionId);
  if (isLive(record.status)) {
    await syncSubscription(ctx, record, { actor: ctx.actor, reason, sourceAt });
    throw new BillingError("conflict", "subscription.already_active", "The earlier start has been paid meanwhile.");
  }
  const options = { prorate: false, invoiceNow: false };
  if (isPending(record.status)) await ctx.stripe.cancelSubscriptionNow(stripeSubscriptionId, options, key);
  const ended = await fetchNow(ctx, tenant, stripeSubscriptionId);
  await syncSubscription(ctx, ended.record, { actor: ctx.actor, reason, sourceAt: ended.sourceAt });
}
