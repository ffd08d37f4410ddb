/**
 * Reading subscriptions anew from Stripe.
 *
 * The age of a picture is taken before it is fetched: should a change slip in between, the picture is newer than it says,
 * and the event of that change repairs what is lost. Dated afterwards, an old picture could pass for a new one.
 */
import type { SubscriptionRecord } from "@/stripe/gateway";
import { getCatalog, type PlanVersion } from "../catalog";
import type { BillingContext } from "../context";
import type { Actor } from "../kernel/actor";
import { BillingError } from "../kernel/errors";
import type { Tenant } from "../tenants";
import type { SyncCause } from "./model";
import { isOver } from "./rules/status";
import { loadSubscriptions } from "./store";
import { syncSubscription } from "./sync";

/** Whoever looks has not made what is found. */
const READER: Actor = { kind: "system", part: "refresh" };

/** A record, the tenant's time before it was fetched, and what the tenant has without it. */
export interface Fetched {
  record: SubscriptionRecord;
  sourceAt: Date;
  freePlan: PlanVersion;
}

/** The subscription as Stripe has it now. Throws `subscription.none` when Stripe does not know it. */
export async function fetchNow(ctx: BillingContext, tenant: Tenant, stripeSubscriptionId: string): Promise<Fetched> {
  const { freePlan } = await getCatalog(ctx);
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const record = await ctx.stripe.fetchSubscription(stripeSubscriptionId);
  if (record) return { record, sourceAt, freePlan };
  throw new BillingError("not_found", "subscription.none", "Stripe does not know this subscription.", {
    details: { stripeSubscriptionId },
  });
}

/**
 * Converges on every subscription of the tenant that lives at Stripe or, as far as we know, might.
 *
 * A verb that decides from our rows alone could miss what a crash or a late webhook has hidden, and start a second one.
 */
export async function refreshSubscriptions(ctx: BillingContext, tenant: Tenant): Promise<void> {
  if (tenant.stripeCustomerId === null) return;
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const cause: SyncCause = { actor: READER, reason: "Read from Stripe before a change", sourceAt };
  const living = await ctx.stripe.listLiveSubscriptions(tenant.stripeCustomerId);
  for (const record of living) await syncSubscription(ctx, record, cause);
  const seen = new Set(living.map((record) => record.stripeSubscriptionId));
  for (const { subscription } of await loadSubscriptions(ctx.db.prisma, tenant.id)) {
    if (isOver(subscription.status) || seen.has(subscription.stripeSubscriptionId)) continue;
    const fetched = await fetchNow(ctx, tenant, subscription.stripeSubscriptionId);
    await syncSubscription(ctx, fetched.record, { ...cause, sourceAt: fetched.sourceAt });
  }
}
