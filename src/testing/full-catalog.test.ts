/**
 * A catalog with every feature, lived for two months: each amount below was computed by hand from the price lists, and the
 * invoices say how they came to it. The second month is billed in two parts, and a volume price falls in between.
 */
import { describe, expect, it } from "vitest";
import { getCatalog } from "@/billing/catalog";
import { generateInvoice, getInvoice, getUpcomingInvoice, listInvoices } from "@/billing/invoices";
import { createSubscription, getSubscription } from "@/billing/subscriptions";
import type { Tenant } from "@/billing/tenants";
import { getUsage, recordUsage } from "@/billing/usage";
import { fullCatalog } from "./full-catalog";
import { shareWorld } from "./world";

const world = shareWorld({ catalog: fullCatalog });

async function subscriber(planKey: string, seats?: number): Promise<Tenant> {
  const tenant = await world.tenant({ slug: `on-${planKey}` });
  await createSubscription(world.ctx, {
    ...{ tenantId: tenant.id, planKey, interval: "month", paymentMethodId: "pm_card_visa", canConfirm: false },
    ...{ requestId: world.requestId(), reason: "A test needs a subscriber" },
    ...(seats !== undefined && { seats }),
  });
  await world.drain();
  return tenant;
}

const report = (tenant: Tenant, meterKey: string, quantity: string, metadata: Record<string, string> = {}) =>
  recordUsage(world.ctx, { tenantId: tenant.id, meterKey, quantity, unit: null, metadata, key: null });

/** 7,500 calls, 110 of disk, 5 mails, 1 user and 1,247,000 levels beyond what Studio includes. */
async function useAllMeters(tenant: Tenant): Promise<void> {
  await report(tenant, "call", "8500");
  await report(tenant, "disk", "120");
  await report(tenant, "disk", "45");
  for (let mail = 0; mail < 5; mail += 1) await report(tenant, "mail", "1");
  for (const user of ["ann", "bob", "cid", "ann", "cid"]) await report(tenant, "user", "1", { user_id: user });
  await report(tenant, "level", "1247000");
}

const rows = (details: ReadonlyArray<{ kind: string; quantity: string; amount: string }>) =>
  details.map(({ amount, kind, quantity }) => [kind, quantity, amount]);

describe("a month under every price model", () => {
  it("costs what the price lists say, and the second month in parts as much as whole", async () => {
    const { ctx } = world;
    const tenant = await subscriber("studio", 5);
    await useAllMeters(tenant);
    const first = [
      { kind: "plan", description: "Studio Plan", amountMinor: 5_000n, details: [] },
      { kind: "plan", quantity: "2", amountMinor: 1_600n },
      { meterKey: "call", quantity: "7500", unitPrice: null, amountMinor: 3_250n },
      { meterKey: "disk", quantity: "110", unitPrice: null, amountMinor: 1_100n },
      { meterKey: "mail", quantity: "5", unitPrice: null, amountMinor: 450n },
      { meterKey: "user", quantity: "1", unitPrice: "3", amountMinor: 300n },
      { meterKey: "level", quantity: "1247000", unitPrice: "0.00001", amountMinor: 1_247n },
    ];
    const sums = { subtotalMinor: 12_947n, taxMinor: 1_036n, totalMinor: 13_983n };
    expect(await getUpcomingInvoice(ctx, tenant.id)).toMatchObject({ lines: first, ...sums });

    await world.advance("1 month");
    await world.advance("2 hours");
    const [newest] = await listInvoices(ctx, { tenantId: tenant.id, limit: 1 });
    const renewal = await getInvoice(ctx, { tenantId: tenant.id, invoiceId: newest?.id ?? "" });
    expect(renewal).toMatchObject({ status: "paid", lines: first, ...sums });
    expect(renewal.lines.map((line) => rows(line.details)).slice(2)).toEqual([
      [
        ["tier", "1000", "10"],
        ["tier", "4000", "20"],
        ["tier", "2500", "2.5"],
      ],
      [["tier", "110", "11"]],
      [["package", "3", "4.5"]],
      [["tier", "1", "3"]],
      [["tier", "1247000", "12.47"]],
    ]);

    // The second month: 60 of disk are billed at 0.20, then 101 make all of them cost 0.10.
    await report(tenant, "call", "1500");
    await report(tenant, "disk", "60");
    const early = await generateInvoice(ctx, { tenantId: tenant.id, requestId: world.requestId(), reason: "Early" });
    const parts = [
      { meterKey: "call", amountMinor: 500n },
      { meterKey: "disk", amountMinor: 1_000n },
    ];
    expect(early).toMatchObject({ lines: parts, subtotalMinor: 1_500n });
    await report(tenant, "call", "1100");
    await report(tenant, "disk", "101");
    const whole = (await getUsage(ctx, tenant.id)).meters.map(({ overageMinor }) => overageMinor);
    expect(whole.slice(0, 2)).toEqual([1_300n, 910n]);

    await world.advance("1 month");
    const [second] = await listInvoices(ctx, { tenantId: tenant.id, limit: 1 });
    const rest = await getInvoice(ctx, { tenantId: tenant.id, invoiceId: second?.id ?? "" });
    expect(rest).toMatchObject({
      ...{ status: "paid", subtotalMinor: 7_310n, taxMinor: 585n, totalMinor: 7_895n },
      lines: [
        { kind: "plan" },
        { kind: "plan" },
        { meterKey: "call", quantity: "1100", amountMinor: 800n },
        { meterKey: "disk", quantity: "41", amountMinor: -90n },
      ],
    });
    expect(rows(rest.lines.at(-1)?.details ?? [])).toEqual([
      ["tier", "91", "9.1"],
      ["billed", "50", "-10"],
    ]);
  });

  it("is tried for 14 days where the plan says so, and refuses the third of two users", async () => {
    const trying = await subscriber("team");
    const current = await getSubscription(world.ctx, trying.id);
    expect(current.status).toBe("trialing");
    const days = (Number(current.trialEndAt) - Number(current.currentPeriodStartAt)) / 86_400_000;
    expect(days).toBe(14);
    const free = await world.tenant({ slug: "free-one" });
    await report(free, "user", "1", { user_id: "ann" });
    await report(free, "user", "1", { user_id: "bob" });
    await expect(report(free, "user", "1", { user_id: "cid" })).rejects.toMatchObject({
      code: "usage.quota_exhausted",
    });
    expect(await report(free, "user", "1", { user_id: "ann" })).toMatchObject({ totalQuantity: "2" });
  });

  it("hides drafts, and sells no plan whose price is agreed", async () => {
    const { plans, dunning, changePolicy } = await getCatalog(world.ctx);
    expect(plans.map(({ planKey }) => planKey)).toEqual(["free", "team", "studio", "enterprise"]);
    expect({ dunning, changePolicy }).toMatchObject({
      dunning: { graceDays: 10 },
      changePolicy: { moreSeats: "now_full" },
    });
    await expect(subscriber("enterprise")).rejects.toMatchObject({ code: "catalog.plan_not_sold" });
    await expect(subscriber("next")).rejects.toMatchObject({ code: "catalog.unknown_plan" });
  });
});
