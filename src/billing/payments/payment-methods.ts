/**
 * A tenant's payment methods: save, choose, remove, list. No card number ever comes here; the browser gives it to Stripe.
 */
import { recordAudit } from "../audit";
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { newId } from "../kernel/ids";
import { carryOut } from "../operations";
import { loadHoldings } from "../subscriptions";
import { ensureStripeCustomer, resolveTenant, type Tenant } from "../tenants";
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

/** Saves a method that the browser or a service made. A card that the bank refuses throws `declined` and is not saved. */
export function addPaymentMethod(ctx: BillingContext, input: AddPaymentMethodInput): Promise<PaymentMethodView[]> {
  return changeMethods(ctx, input, "payment_method.add", {
    plan: async () => ({ paymentMethodId: input.paymentMethodId, nextDefault: null, makeDefault: input.makeDefault }),
    act: async (stripeCustomerId, plan, key) => {
      // A test card such as "pm_card_visa" becomes a method with a name of its own when it is attached.
      const method = await ctx.stripe.attachPaymentMethod(stripeCustomerId, plan.paymentMethodId, `${key}:attach`);
      if (!plan.makeDefault) return;
      await ctx.stripe.setDefaultPaymentMethod(stripeCustomerId, method.stripePaymentMethodId, `${key}:default`);
    },
  });
}

/** Makes a saved method the one that is charged from now on. Throws `payment.method_not_found`. */
export function setDefaultPaymentMethod(ctx: BillingContext, input: PaymentMethodInput): Promise<PaymentMethodView[]> {
  return changeMethods(ctx, input, "payment_method.set_default", {
    plan: async (tenant) => {
      const methods = await syncPaymentMethods(ctx, tenant.id);
      if (!methods.some(isMethod(input.paymentMethodId))) throw methodNotFound();
      return { paymentMethodId: input.paymentMethodId, nextDefault: null, makeDefault: true };
    },
    act: (stripeCustomerId, plan, key) =>
      ctx.stripe.setDefaultPaymentMethod(stripeCustomerId, plan.paymentMethodId, `${key}:default`),
  });
}

/**
 * Removes a saved method; when the default goes, another one becomes it first. The last one stays while a paid plan runs
 * (`payment.method_in_use`), because its next renewal would have nothing to charge.
 */
export function removePaymentMethod(ctx: BillingContext, input: PaymentMethodInput): Promise<PaymentMethodView[]> {
  return changeMethods(ctx, input, "payment_method.remove", {
    plan: async (tenant) => {
      const methods = await syncPaymentMethods(ctx, tenant.id);
      const { live } = await loadHoldings(ctx, tenant.id);
      const decision = decideRemoval({ methods, removedId: input.paymentMethodId, hasPaidPlan: live !== null });
      if (decision.do === "refuse") throw decision.because === "in_use" ? methodInUse() : methodNotFound();
      return { paymentMethodId: input.paymentMethodId, nextDefault: decision.nextDefault, makeDefault: false };
    },
    act: async (stripeCustomerId, plan, key) => {
      if (plan.nextDefault !== null) {
        await ctx.stripe.setDefaultPaymentMethod(stripeCustomerId, plan.nextDefault, `${key}:next-default`);
      }
      await ctx.stripe.detachPaymentMethod(plan.paymentMethodId, `${key}:detach`);
    },
  });
}

interface MethodsPlan {
  paymentMethodId: string;
  /** Takes over before the default is removed. */
  nextDefault: string | null;
  makeDefault: boolean;
}

interface MethodsChange {
  plan(tenant: Tenant): Promise<MethodsPlan>;
  act(stripeCustomerId: string, plan: MethodsPlan, key: string): Promise<void>;
}

async function changeMethods(
  ctx: BillingContext,
  input: PaymentMethodInput,
  kind: string,
  change: MethodsChange,
): Promise<PaymentMethodView[]> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  await carryOut<MethodsPlan, null, null>(
    ctx,
    { tenantId: tenant.id, requestId, reason, kind, now },
    {
      decide: () => change.plan(tenant),
      act: async ({ id, plan }) => {
        await change.act(await ensureStripeCustomer(ctx, tenant), plan, id);
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

function isMethod(id: string) {
  return (method: StoredMethod) => method.stripePaymentMethodId === id;
}
