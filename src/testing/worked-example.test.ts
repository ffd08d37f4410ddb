/**
 * The seed's worked example, lived: 145 jobs, 62.5 GB and 1,247 calls on the Professional plan make a renewal of 349.92,
 * first as it is foreseen and then as it is paid.
 */
import { describe, expect, it } from "vitest";
import { getInvoice, getUpcomingInvoice, listInvoices } from "@/billing/invoices";
import { recordUsage } from "@/billing/usage";
import { shareWorld } from "./world";

const world = shareWorld({ startAt: new Date("2024-10-15T09:00:00Z") });

describe("the worked example", () => {
  it("is foreseen and then paid as 349.92", async () => {
    const { ctx } = world;
    const tenant = await world.tenant({ slug: "demo", plan: "professional" });
    const report = (meterKey: string, quantity: string) =>
      recordUsage(ctx, { tenantId: tenant.id, meterKey, quantity, unit: null, metadata: {}, key: null });
    await report("quantum_job", "100");
    await report("quantum_job", "45");
    await report("storage", "62.5");
    await report("storage", "12");
    await report("api_call", "1247");

    const lines = [
      { kind: "plan", amountMinor: 29_900n },
      { kind: "overage", meterKey: "quantum_job", quantity: "45", amountMinor: 2_250n },
      { kind: "overage", meterKey: "storage", quantity: "12.5", amountMinor: 125n },
      { kind: "overage", meterKey: "api_call", quantity: "1247", amountMinor: 125n },
    ];
    const totals = { subtotalMinor: 32_400n, taxMinor: 2_592n, totalMinor: 34_992n };
    expect(await getUpcomingInvoice(ctx, tenant.id)).toMatchObject({ lines, ...totals });

    await world.advance("32 days");
    const [newest] = await listInvoices(ctx, { tenantId: tenant.id, limit: 10 });
    expect(newest).toMatchObject({ status: "paid", number: "INV-2024-11-demo", ...totals });
    const invoice = await getInvoice(ctx, { tenantId: tenant.id, invoiceId: "INV-2024-11-demo" });
    expect(invoice).toMatchObject({ lines, ...totals, amountPaidMinor: 34_992n });
    expect(invoice.dueAt.getTime() - (invoice.issuedAt?.getTime() ?? 0)).toBe(15 * 86_400_000);
  });
});
