/** A tax rate that changes: every running subscription has it from its next invoice on, whatever else waits for it. */
import { expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import { applyCatalog, type Catalog, loadCatalogFile } from "../catalog";
import { getInvoice, getUpcomingInvoice, listInvoices } from "../invoices";
import { BillingError } from "../kernel/errors";
import type { Tenant } from "../tenants";
import { recordUsage } from "../usage";
import { adoptTaxRate, changePlan, createPromotion, quoteSubscription, subscriptionWishSchema } from ".";
import { createPromotionSchema } from "./model-promotions";

const world = shareWorld();

async function taxedAt(percentage: string): Promise<Catalog> {
  const catalog = structuredClone(await loadCatalogFile("dnalang"));
  catalog.tax = { displayName: "VAT", percentage };
  return catalog;
}

const call = () => ({ requestId: world.requestId(), reason: "A test" });

async function newest(tenant: Tenant) {
  const [first] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
  return getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: first?.id ?? "" });
}

it("is the next invoice's, for the fee and the overage alike, and a schedule with a code keeps its code", async () => {
  const { ctx } = world;
  const plain = await world.tenant({ plan: "professional" });
  const down = await world.tenant({ plan: "enterprise" });
  const code = { name: "Half", code: "HALF", off: { kind: "percent", percent: "50" }, duration: { kind: "forever" } };
  await createPromotion(ctx, createPromotionSchema.parse({ ...code, ...call() }));
  await changePlan(ctx, { tenantId: down.id, ...call(), planKey: "professional", promotionCode: "HALF" });
  const job = { meterKey: "quantum_job", quantity: "145", unit: null, metadata: {}, key: null };
  await recordUsage(ctx, { tenantId: plain.id, ...job });

  await applyCatalog(ctx, await taxedAt("10"));
  expect(await adoptTaxRate(ctx)).toEqual({ adopted: 2, failed: [] });
  // 299.00 and 45 jobs at 0.50, with 10 %.
  const due = { subtotalMinor: 32_150n, taxMinor: 3_215n, totalMinor: 35_365n };
  expect(await getUpcomingInvoice(ctx, plain.id)).toMatchObject(due);
  const wish = subscriptionWishSchema.parse({ verb: "change", planKey: "enterprise" });
  const quote = await quoteSubscription(ctx, { tenantId: plain.id, wish });
  expect(quote.tax.amountMinor * 10n).toBe(quote.subtotalMinor);
  const entries = await listAudit(ctx, { tenantId: plain.id, limit: 20 });
  expect(entries.find(({ action }) => action === "subscription.tax_rate")?.details).toMatchObject({ percentage: "10" });

  await world.advance("1 month");
  await world.advance("2 hours");
  expect(await newest(plain)).toMatchObject({ status: "paid", ...due });
  // 299.00 at half, with 10 %.
  expect(await newest(down)).toMatchObject({ status: "paid", discountMinor: 14_950n, totalMinor: 16_445n });
});

it("asks Stripe nothing once all have it; one that could not be reached is tried again by the next apply", async () => {
  const asked: string[] = [];
  let isAway = true;
  const { stripe } = world.ctx;
  const ctx = {
    ...world.ctx,
    stripe: {
      ...stripe,
      adoptTaxRate: async (...input: Parameters<typeof stripe.adoptTaxRate>) => {
        asked.push(input[0]);
        if (isAway && asked.length === 1) throw new BillingError("upstream", "stripe.unavailable", "Stripe is away.");
        return stripe.adoptTaxRate(...input);
      },
    },
  };
  expect(await adoptTaxRate(ctx)).toEqual({ adopted: 0, failed: [] });
  expect(asked).toEqual([]);
  await applyCatalog(ctx, await taxedAt("12"));
  expect(await adoptTaxRate(ctx)).toMatchObject({ adopted: 1, failed: [{ message: "Stripe is away." }] });
  expect(world.complaints.splice(0)).toHaveLength(1);
  isAway = false;
  expect(await adoptTaxRate(ctx)).toEqual({ adopted: 1, failed: [] });
  expect(asked).toHaveLength(4);
  expect(await adoptTaxRate(ctx)).toEqual({ adopted: 0, failed: [] });
  expect(asked).toHaveLength(4);
});
