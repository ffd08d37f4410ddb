/** What a price asks of Stripe: a quote for all that it tells, a commit for what was promised, a plain verb for what moves now. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStripeGateway } from "@/stripe/live";
import { type HttpTap, openHttpTap } from "@/testing/http-tap";
import { lifecycleCatalog, plan } from "@/testing/lifecycle/catalog";
import { createWorld, type World } from "@/testing/world";
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import { recordUsage } from "../usage";
import { cancelSubscription, changePlan, commitQuote, quoteSubscription } from ".";
import { subscriptionWishSchema } from "./model";

let world: World;
let tap: HttpTap;
let ctx: BillingContext;

beforeAll(async () => {
  const plans = [plan("mid", ["50.00", "500.00"], {}), plan("big", ["100.00", "1000.00"], {})];
  world = await createWorld({ catalog: lifecycleCatalog(plans) });
  tap = await openHttpTap(world.sandbox.url);
  ctx = { ...world.ctx, stripe: createStripeGateway({ secretKey: "sk_test_sandbox", sandboxUrl: tap.url }) };
});
afterAll(async () => {
  await tap?.close();
  await world?.close();
});

const plain = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });

/** A subscriber in the middle of a month with overage. */
async function subscriber(): Promise<Tenant> {
  const tenant = await world.tenant({ plan: "mid", ownClock: true });
  const used = { meterKey: "call", quantity: "120", unit: null, metadata: {}, key: null };
  await recordUsage(world.ctx, { tenantId: tenant.id, ...used });
  await world.advance("10 days", tenant);
  return tenant;
}

async function previewsOf(verb: () => Promise<unknown>): Promise<number> {
  tap.reset();
  await verb();
  return tap.writes.filter((path) => path === "/v1/invoices/create_preview").length;
}

describe("invoices that are previewed", () => {
  it.each<[string, object, (tenant: Tenant) => Promise<unknown>, { quote: number; commit: number; plain: number }]>([
    [
      "for an upgrade",
      { verb: "change", planKey: "big" },
      (tenant) => changePlan(ctx, { ...plain(tenant), planKey: "big" }),
      { quote: 2, commit: 2, plain: 1 },
    ],
    [
      "for a new period, which ends a month of usage",
      { verb: "change", interval: "year", timing: "now_full" },
      (tenant) => changePlan(ctx, { ...plain(tenant), interval: "year", timing: "now_full" }),
      { quote: 3, commit: 2, plain: 1 },
    ],
    [
      "for an end now",
      { verb: "cancel", when: "now" },
      (tenant) => cancelSubscription(ctx, { ...plain(tenant), immediate: true }),
      { quote: 1, commit: 1, plain: 1 },
    ],
  ])("%s", async (_what, wish, unquoted, expected) => {
    const [tenant, other] = [await subscriber(), await subscriber()];
    let quoteId = "";
    const quote = await previewsOf(async () => {
      quoteId = (await quoteSubscription(ctx, { tenantId: tenant.id, wish: subscriptionWishSchema.parse(wish) })).id;
    });
    const payer = { canConfirm: false, paymentMethodId: null };
    const commit = await previewsOf(() => commitQuote(ctx, { ...plain(tenant), ...payer, quoteId }));
    expect({ quote, commit, plain: await previewsOf(() => unquoted(other)) }).toEqual(expected);
  });
});
