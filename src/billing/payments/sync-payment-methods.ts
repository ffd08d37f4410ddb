/** Converges on the payment methods Stripe keeps for a tenant: webhooks and verbs come through here. */
import { inTransaction } from "@/db/transaction";
import type { CustomerRecord, PaymentMethodRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { isLive } from "../subscriptions/rules/status";
import { getTenant, type Tenant } from "../tenants";
import {
  findPaymentMethods,
  lockMirror,
  replacePaymentMethods,
  replaceVerifications,
  type StoredMethod,
} from "./store";

/**
 * Reads the tenant's payment methods from Stripe, and the bank accounts that wait to become some, and returns the methods.
 *
 * A tenant with a saved method always has a default: the first one that is saved, in whatever way, becomes it, so that a
 * renewal finds something to charge.
 */
export async function syncPaymentMethods(ctx: BillingContext, tenantId: string): Promise<StoredMethod[]> {
  const tenant = await getTenant(ctx, tenantId);
  if (tenant.stripeCustomerId === null) return [];
  const customer = await ctx.stripe.fetchCustomer(tenant.stripeCustomerId);
  const records = customer === null ? [] : await ctx.stripe.listPaymentMethods(tenant.stripeCustomerId);
  const waiting = customer === null ? [] : await ctx.stripe.listBankVerifications(tenant.stripeCustomerId);
  const defaultId = customer === null ? null : await ensureDefault(ctx, tenant, customer, records);
  const now = ctx.clock.now(tenant.stripeTestClockId);
  return inTransaction(ctx.db, async (tx) => {
    await lockMirror(tx, `payment-methods:${tenant.id}`);
    const views = records.map((record) => toView(record, defaultId));
    await replacePaymentMethods(tx, tenant.id, views, now);
    await replaceVerifications(tx, tenant.id, waiting, now);
    return findPaymentMethods(tx, tenant.id);
  });
}

async function ensureDefault(
  ctx: BillingContext,
  tenant: Tenant,
  customer: CustomerRecord,
  records: readonly PaymentMethodRecord[],
): Promise<string | null> {
  const isSaved = (id: string | null) => id !== null && records.some((record) => record.stripePaymentMethodId === id);
  // Asked of Stripe and not of our rows: a default that was just set reaches them only with its webhook.
  const live = await ctx.stripe.listLiveSubscriptions(customer.stripeCustomerId);
  const own = live.find(({ status }) => isLive(status))?.defaultPaymentMethodId ?? null;
  if (isSaved(customer.defaultPaymentMethodId)) {
    // Stripe charges a subscription's own method before the customer's default: what is charged is what is shown.
    return isSaved(own) ? own : customer.defaultPaymentMethodId;
  }
  const newest = [...records].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0];
  const chosen = isSaved(own) ? own : (newest?.stripePaymentMethodId ?? null);
  if (chosen === null) return null;
  await ctx.stripe.setDefaultPaymentMethod(customer.stripeCustomerId, chosen, `first-default:${tenant.id}:${chosen}`);
  return chosen;
}

function toView(record: PaymentMethodRecord, defaultId: string | null): StoredMethod {
  const { stripeCustomerId: _customer, fingerprint: _fingerprint, ...view } = record;
  return { ...view, isDefault: record.stripePaymentMethodId === defaultId };
}
