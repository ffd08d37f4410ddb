/**
 * A tenant's payment methods: save, choose, remove, list. No card number ever comes here; the browser gives it to Stripe.
 */
import { recordAudit } from "../audit";
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { invariant } from "../kernel/errors";
import { newId } from "../kernel/ids";
import { carryOut, interrupted, isSuperseded } from "../operations";
import { loadHoldings } from "../subscriptions";
import { detachIfSaved, ensureStripeCustomer, resolveTenant, sameMethods, type Tenant } from "../tenants";
import type { AddPaymentMethodInput, PaymentAttention, PaymentMethodInput, PaymentMethodView } from "./model";
import { methodInUse, methodNotFound } from "./refusals";
import { decideRemoval } from "./rules";
import { cardExpiry } from "./rules-days";
import { findPaymentMethods, findVerifications, type StoredMethod } from "./store";
import { syncPaymentMethods } from "./sync-payment-methods";

/** What the browser needs to save a card or a bank account. Each call starts a set-up of its own: an abandoned one costs nothing. */
export async function startCardSetup(ctx: BillingContext, tenantId: string): Promise<{ clientSecret: string }> {
  const tenant = await resolveTenant(ctx, tenantId);
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const { currency } = await getCatalog(ctx);
  const { clientSecret } = await ctx.stripe.createSetupIntent(stripeCustomerId, currency, newId("setup"));
  return { clientSecret };
}

/** The saved payment methods, the default first. */
export async function listPaymentMethods(ctx: BillingContext, tenantId: string): Promise<PaymentMethodView[]> {
  const tenant = await resolveTenant(ctx, tenantId);
  return withExpiry(ctx, tenant, await findPaymentMethods(ctx.db.prisma, tenant.id));
}

/** What the portal should point out: a default card that ends soon, bank accounts that wait. Reads our rows alone. */
export async function getPaymentAttention(ctx: BillingContext, tenantId: string): Promise<PaymentAttention> {
  const tenant = await resolveTenant(ctx, tenantId);
  const methods = withExpiry(ctx, tenant, await findPaymentMethods(ctx.db.prisma, tenant.id));
  const waiting = await findVerifications(ctx.db.prisma, tenant.id);
  return {
    expiring: methods.find(({ isDefault, expiry }) => isDefault && expiry !== null) ?? null,
    unverifiedCount: waiting.filter(({ state }) => state === "pending").length,
  };
}

function withExpiry(ctx: BillingContext, tenant: Tenant, methods: readonly StoredMethod[]): PaymentMethodView[] {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  return methods.map((method) => ({ ...method, expiry: cardExpiry(method, now) }));
}

/**
 * Saves a method that the browser or a service made. A card that the bank refuses throws `declined` and is not saved. A card
 * or account that is saved already is kept once, by Stripe's fingerprint: the newest stays, and is the default if an older
 * one was, also for a subscription that named it.
 */
export function addPaymentMethod(ctx: BillingContext, input: AddPaymentMethodInput): Promise<PaymentMethodView[]> {
  const { paymentMethodId, makeDefault } = input;
  return changeMethods(ctx, input, "payment_method.add", async () => ({
    ...{ paymentMethodId, makeDefault, nextDefault: null },
  }));
}

/** Makes a saved method the one that is charged from now on. Throws `payment.method_not_found`. */
export function setDefaultPaymentMethod(ctx: BillingContext, input: PaymentMethodInput): Promise<PaymentMethodView[]> {
  const { paymentMethodId } = input;
  return changeMethods(ctx, input, "payment_method.set_default", async (tenant) => {
    const methods = await syncPaymentMethods(ctx, tenant.id);
    if (!methods.some(isMethod(paymentMethodId))) throw methodNotFound();
    return { paymentMethodId, nextDefault: null, makeDefault: true };
  });
}

/**
 * Removes a saved method; when the default goes, another one becomes it first. The last one stays while a paid plan runs
 * (`payment.method_in_use`), because its next renewal would have nothing to charge.
 */
export function removePaymentMethod(ctx: BillingContext, input: PaymentMethodInput): Promise<PaymentMethodView[]> {
  const { paymentMethodId } = input;
  return changeMethods(ctx, input, "payment_method.remove", async (tenant) => {
    const methods = await syncPaymentMethods(ctx, tenant.id);
    const { live } = await loadHoldings(ctx, tenant.id);
    const decision = decideRemoval({ methods, removedId: paymentMethodId, hasPaidPlan: live !== null });
    if (decision.do === "refuse") throw decision.because === "in_use" ? methodInUse() : methodNotFound();
    return { paymentMethodId, nextDefault: decision.nextDefault, makeDefault: false };
  });
}

/**
 * Finishes a change that a crash interrupted. What the tenant has chosen since then stands: a later change of its methods
 * leaves of this one only that the method is saved.
 */
export async function keepPromisedMethods(ctx: BillingContext, promise: PromisedMethods): Promise<void> {
  const { tenantId, kind, createdAt } = promise;
  const later = { tenantId, kinds: METHOD_KINDS, after: createdAt };
  const isLate = await isSuperseded(ctx.db, later);
  await changeMethods(ctx, promise, kind, undecided, isLate);
}

/** The kinds of this file's operations. */
export const METHOD_KINDS = ["payment_method.add", "payment_method.set_default", "payment_method.remove"] as const;
type MethodKind = (typeof METHOD_KINDS)[number];

interface PromisedMethods extends MethodsRequest {
  kind: MethodKind;
  createdAt: Date;
}

interface MethodsRequest {
  tenantId: string;
  requestId: string;
  reason: string;
}

interface MethodsPlan {
  paymentMethodId: string;
  /** Takes over before the default is removed. */
  nextDefault: string | null;
  makeDefault: boolean;
}

async function undecided(): Promise<MethodsPlan> {
  invariant(false, "an interrupted change has a stored plan");
}

async function changeMethods(
  ctx: BillingContext,
  input: MethodsRequest,
  kind: MethodKind,
  plan: (tenant: Tenant) => Promise<MethodsPlan>,
  isSupersededNow = false,
): Promise<PaymentMethodView[]> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  await carryOut<MethodsPlan, null, null>(
    ctx,
    { tenantId: tenant.id, requestId, reason, kind, now },
    {
      decide: () => plan(tenant),
      act: async ({ id, plan }) => {
        if (isSupersededNow && kind !== "payment_method.add") throw interrupted();
        const wanted = isSupersededNow ? { ...plan, makeDefault: false } : plan;
        await actOnMethods(ctx, await ensureStripeCustomer(ctx, tenant), { id, kind, plan: wanted });
        return { outcome: null, facts: null };
      },
      record: (tx, { plan }) => {
        const target = `payment_method:${plan.paymentMethodId}`;
        const entry = { occurredAt: now, actor: ctx.actor, action: kind, target, reason, details: {} };
        return recordAudit(tx, { tenantId: tenant.id, ...entry });
      },
    },
  );
  return withExpiry(ctx, tenant, await syncPaymentMethods(ctx, tenant.id));
}

/** Asks Stripe; may run again after a crash at any call. */
async function actOnMethods(
  ctx: BillingContext,
  stripeCustomerId: string,
  { id, kind, plan }: { id: string; kind: MethodKind; plan: MethodsPlan },
): Promise<void> {
  const { paymentMethodId, nextDefault, makeDefault } = plan;
  if (kind === "payment_method.remove") {
    // Detaching twice is an error at Stripe, and a retry long after a crash may be the second time.
    const saved = await ctx.stripe.listPaymentMethods(stripeCustomerId);
    if (!saved.some((method) => method.stripePaymentMethodId === paymentMethodId)) return;
    if (nextDefault !== null) {
      await ctx.stripe.setDefaultPaymentMethod(stripeCustomerId, nextDefault, `${id}:next-default`);
    }
    await ctx.stripe.detachPaymentMethod(paymentMethodId, `${id}:detach`);
    return;
  }
  if (kind === "payment_method.add") {
    await keepOne(ctx, stripeCustomerId, { id, paymentMethodId, makeDefault });
    return;
  }
  if (makeDefault) await ctx.stripe.setDefaultPaymentMethod(stripeCustomerId, paymentMethodId, `${id}:default`);
}

/**
 * Saves a method and lets go of others that are the same card or account. What a duplicate was charged for goes over to the
 * one that stays before the duplicate goes, so that at no moment a subscription names a card that is not there.
 */
async function keepOne(
  ctx: BillingContext,
  stripeCustomerId: string,
  { id, paymentMethodId, makeDefault }: { id: string; paymentMethodId: string; makeDefault: boolean },
): Promise<void> {
  // A test card such as "pm_card_visa" becomes a method with a name of its own when it is attached.
  const added = await ctx.stripe.attachPaymentMethod(stripeCustomerId, paymentMethodId, `${id}:attach`);
  const { keptId, duplicateIds } = sameMethods(added, await ctx.stripe.listPaymentMethods(stripeCustomerId));
  if (makeDefault || (await isAnyCharged(ctx, stripeCustomerId, duplicateIds))) {
    await ctx.stripe.setDefaultPaymentMethod(stripeCustomerId, keptId, `${id}:default:${keptId}`);
  }
  for (const duplicateId of duplicateIds) {
    await detachIfSaved(ctx, stripeCustomerId, duplicateId, `${id}:same:${duplicateId}`);
  }
}

/** Whether the customer's invoices, or a subscription's, are charged to one of these. */
async function isAnyCharged(ctx: BillingContext, stripeCustomerId: string, ids: readonly string[]): Promise<boolean> {
  if (ids.length === 0) return false;
  const customer = await ctx.stripe.fetchCustomer(stripeCustomerId);
  const live = await ctx.stripe.listLiveSubscriptions(stripeCustomerId);
  const charged = [customer, ...live].map((one) => one?.defaultPaymentMethodId ?? null);
  return charged.some((one) => one !== null && ids.includes(one));
}

function isMethod(id: string) {
  return (method: { stripePaymentMethodId: string }) => method.stripePaymentMethodId === id;
}
