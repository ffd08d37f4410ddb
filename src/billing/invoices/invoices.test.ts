/** Invoices outside renewals: on request, at a month's end of an annual plan, paid by hand, listed. */
import { describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { postToSandbox } from "@/testing/sandbox-post";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import { addPaymentMethod } from "../payments";
import { getSubscription } from "../subscriptions";
import type { Tenant } from "../tenants";
import { getUsage, recordUsage } from "../usage";
import {
  billEndedPeriods,
  generateInvoice,
  getInvoice,
  getUpcomingInvoice,
  listInvoices,
  payInvoice,
  recoverOperations,
} from ".";

const world = shareWorld();

const wish = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });
const list = (tenant: Tenant) => listInvoices(world.ctx, { tenantId: tenant.id, limit: 20 });

async function use(tenant: Tenant, meterKey: string, quantity: string) {
  await recordUsage(world.ctx, { tenantId: tenant.id, meterKey, quantity, unit: null, metadata: {}, key: null });
}

describe("an invoice on request", () => {
  it("bills what no invoice has billed, and the renewal bills only the rest", async () => {
    const tenant = await world.tenant({ slug: "asked", plan: "professional", ownClock: true });
    await use(tenant, "quantum_job", "140");
    const input = wish(tenant);
    const invoice = await generateInvoice(world.ctx, input);
    expect(invoice).toMatchObject({ number: "INV-2026-01-asked-2", status: "paid", planName: "Professional" });
    expect(invoice).toMatchObject({ subtotalMinor: 2_000n, taxMinor: 160n, totalMinor: 2_160n });
    expect(invoice.dueAt.getTime() - (invoice.issuedAt?.getTime() ?? 0)).toBe(15 * 86_400_000);
    expect(invoice.lines).toMatchObject([{ quantity: "40", unitPrice: "0.5", description: "Additional Quantum Jobs" }]);
    expect((await generateInvoice(world.ctx, input)).id).toBe(invoice.id);
    await expect(generateInvoice(world.ctx, wish(tenant))).rejects.toMatchObject({ code: "invoice.nothing_to_bill" });
    await use(tenant, "quantum_job", "5");
    expect((await getUpcomingInvoice(world.ctx, tenant.id)).subtotalMinor).toBe(30_150n);
    expect((await getUsage(world.ctx, tenant.id)).meters[0]).toMatchObject({
      overageQuantity: "45",
      billedMinor: 2_000n,
    });
    await world.advance("32 days", tenant);
    const [renewal, ...earlier] = await list(tenant);
    expect(renewal).toMatchObject({ number: "INV-2026-02-asked", subtotalMinor: 30_150n, status: "paid" });
    expect(earlier).toHaveLength(2);
  });

  it("bills once however many calls race", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    await use(tenant, "quantum_job", "150");
    const calls = await Promise.allSettled(Array.from({ length: 5 }, () => generateInvoice(world.ctx, wish(tenant))));
    expect(calls.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await world.drain();
    expect((await list(tenant)).map(({ subtotalMinor }) => subtotalMinor).sort()).toEqual([2_500n, 29_900n]);
  });

  it("bills once when Stripe's answer is lost and the request comes again", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    await use(tenant, "quantum_job", "150");
    const input = wish(tenant);
    const crashing = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "createInvoice") };
    await expect(generateInvoice(crashing, input)).rejects.toMatchObject({ code: "stripe.unavailable" });
    await world.drain();
    expect(await generateInvoice(world.ctx, input)).toMatchObject({ subtotalMinor: 2_500n, status: "paid" });
    expect(await list(tenant)).toHaveLength(2);
  });

  it("stays open when the card fails, and is paid with another one", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    await use(tenant, "quantum_job", "150");
    const failing = { paymentMethodId: "pm_card_chargeCustomerFail", makeDefault: true };
    const methods = await addPaymentMethod(world.ctx, { ...wish(tenant), ...failing });
    const good = methods.find(({ isDefault }) => !isDefault);
    const open = await generateInvoice(world.ctx, wish(tenant));
    expect(open).toMatchObject({ status: "open", paymentFailed: true, totalMinor: 2_700n });
    const declined = payInvoice(world.ctx, { ...wish(tenant), invoiceId: open.number, paymentMethodId: null });
    await expect(declined).rejects.toMatchObject({ kind: "declined", code: "payment.card_declined" });
    await world.drain();
    const { payments } = await getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: open.number });
    expect(payments).toMatchObject([{ status: "failed", advice: expect.stringContaining("another") }]);
    const pay = { invoiceId: open.number, paymentMethodId: good?.stripePaymentMethodId ?? null };
    expect(await payInvoice(world.ctx, { ...wish(tenant), ...pay })).toMatchObject({
      ...{ status: "paid", paymentFailed: false, amountPaidMinor: 2_700n },
    });
    await expect(payInvoice(world.ctx, { ...wish(tenant), ...pay })).rejects.toMatchObject({
      code: "invoice.not_payable",
    });
    const log = await listAudit(world.ctx, { tenantId: tenant.id, limit: 20 });
    expect(log.filter(({ action }) => action === "invoice.pay")).toMatchObject([
      { reason: "A test", target: expect.stringMatching(/^invoice:in_/), details: { amountPaidMinor: 2_700 } },
    ]);
    await use(tenant, "quantum_job", "10");
    const { number, id } = await generateInvoice(world.ctx, wish(tenant));
    const where = { tenantId_id: { tenantId: tenant.id, id } };
    const { stripeInvoiceId } = await world.db.prisma.invoice.findUniqueOrThrow({ where });
    await postToSandbox(world.sandbox.url, `invoices/${stripeInvoiceId}/void`, {});
    await world.drain();
    const late = payInvoice(world.ctx, { ...wish(tenant), ...pay, invoiceId: number });
    await expect(late).rejects.toMatchObject({ code: "invoice.not_payable", details: { status: "void" } });
  });

  it("refuses on the free plan", async () => {
    const tenant = await world.tenant();
    await expect(generateInvoice(world.ctx, wish(tenant))).rejects.toMatchObject({ code: "invoice.nothing_to_bill" });
  });
});

describe("months that no renewal closes", () => {
  it("bills an annual plan's overage at each month's end, as previewed", async () => {
    const tenant = await world.tenant({ slug: "yearly", plan: "professional", interval: "year", ownClock: true });
    await use(tenant, "quantum_job", "120");
    const upcoming = await getUpcomingInvoice(world.ctx, tenant.id);
    expect(upcoming).toMatchObject({ subtotalMinor: 1_000n, totalMinor: 1_080n });
    await world.advance("32 days", tenant);
    expect(await billEndedPeriods(world.ctx, tenant.id)).toBe(0);
    const [month] = await list(tenant);
    expect(month).toMatchObject({ number: "INV-2026-02-yearly", subtotalMinor: 1_000n, totalMinor: 1_080n });
    expect(month).toMatchObject({ status: "paid", planName: "Professional" });
    expect((await getSubscription(world.ctx, tenant.id)).status).toBe("active");
  });

  it("foresees that credit pays for a part of it", async () => {
    const tenant = await world.tenant({ slug: "in-credit", plan: "professional", interval: "year", ownClock: true });
    await use(tenant, "quantum_job", "120");
    await postToSandbox(world.sandbox.url, `customers/${tenant.stripeCustomerId}`, { balance: "-300" });
    const sums = { subtotalMinor: 1_000n, taxMinor: 80n, totalMinor: 1_080n, amountDueMinor: 780n };
    expect(await getUpcomingInvoice(world.ctx, tenant.id)).toMatchObject(sums);
    await world.advance("32 days", tenant);
    const [month] = await list(tenant);
    expect(month).toMatchObject({ ...sums, status: "paid" });
  });

  it("closes the free plan's months without an invoice", async () => {
    const tenant = await world.tenant({ ownClock: true });
    await use(tenant, "quantum_job", "10");
    await world.advance("40 days", tenant);
    expect(await list(tenant)).toEqual([]);
    expect((await getUsage(world.ctx, tenant.id)).meters[0]).toMatchObject({ usedQuantity: "0" });
  });
});

describe("what a crash left in the middle", () => {
  it("brings a month and a requested invoice to their end, once, after ten minutes", async () => {
    const tenant = await world.tenant({ plan: "professional", interval: "year", ownClock: true });
    const losing = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "createInvoice") };
    await use(tenant, "quantum_job", "150");
    await expect(generateInvoice(losing, wish(tenant))).rejects.toMatchObject({ code: "stripe.unavailable" });
    expect(await recoverOperations(world.ctx)).toBe(0);
    await world.advance("11 minutes", tenant);
    expect(await recoverOperations(world.ctx)).toBe(1);
    expect(await recoverOperations(world.ctx)).toBe(0);
    await use(tenant, "quantum_job", "20");
    const end = new Date("2026-02-15T10:00:00Z");
    await world.control.advanceTo(tenant.stripeTestClockId, end);
    await world.clock.refresh();
    const again = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "createInvoice") };
    await expect(billEndedPeriods(again, tenant.id)).rejects.toMatchObject({ code: "stripe.unavailable" });
    expect(await billEndedPeriods(world.ctx, tenant.id)).toBe(0);
    await world.advance("11 minutes", tenant);
    expect(await recoverOperations(world.ctx)).toBe(1);
    await world.drain();
    const billed = (await list(tenant)).map(({ subtotalMinor, status }) => `${subtotalMinor} ${status}`);
    expect(billed).toEqual(["1000 paid", "2500 paid", "299000 paid"]);
  });
});

describe("reading", () => {
  it("pages from the newest on, filters by status, and shows one tenant nothing of another", async () => {
    const tenant = await world.tenant({ slug: "reader", plan: "professional", ownClock: true });
    const other = await world.tenant({ plan: "professional" });
    await world.advance("93 days", tenant);
    const all = await list(tenant);
    expect(all.map(({ number }) => number)).toEqual([
      ...["INV-2026-04-reader", "INV-2026-03-reader", "INV-2026-02-reader", "INV-2026-01-reader"],
    ]);
    const page = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 2, after: all[0]?.id });
    expect(page.map(({ id }) => id)).toEqual(all.slice(1, 3).map(({ id }) => id));
    expect(await listInvoices(world.ctx, { tenantId: tenant.id, limit: 9, status: "open" })).toEqual([]);
    const stolen = getInvoice(world.ctx, { tenantId: other.id, invoiceId: all[0]?.id ?? "" });
    await expect(stolen).rejects.toMatchObject({ code: "invoice.not_found" });
    for (const { id } of all) {
      const { lines, subtotalMinor, taxMinor, totalMinor } = await getInvoice(world.ctx, {
        ...{ tenantId: tenant.id, invoiceId: id },
      });
      expect(lines.reduce((total, line) => total + line.amountMinor, 0n)).toBe(subtotalMinor);
      expect(lines.reduce((total, line) => total + line.taxMinor, 0n)).toBe(taxMinor);
      expect(subtotalMinor + taxMinor).toBe(totalMinor);
    }
  });
});
