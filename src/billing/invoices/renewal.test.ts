/** The renewal: the worked example as a preview and as a paid invoice, its repetition, its late draft, its failure. */
import { afterEach, describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { shareWorld } from "@/testing/world";
import { getRevenue } from "../revenue";
import { cancelSubscription, getSubscription } from "../subscriptions";
import { getTenant, type Tenant } from "../tenants";
import { getUsage, recordUsage } from "../usage";
import { billRenewalDraft, getInvoice, getUpcomingInvoice, type InvoiceLineView, listInvoices } from ".";

const world = shareWorld();

async function use(tenant: Tenant, meterKey: string, quantity: string) {
  await recordUsage(world.ctx, { tenantId: tenant.id, meterKey, quantity, unit: null, metadata: {}, key: null });
}

async function useAsInTheExample(tenant: Tenant) {
  await use(tenant, "quantum_job", "100");
  await use(tenant, "quantum_job", "45");
  await use(tenant, "storage", "40");
  await use(tenant, "storage", "62.5");
  await use(tenant, "storage", "20");
  await use(tenant, "api_call", "1247");
}

const EXAMPLE_LINES = [
  { kind: "plan", description: "Professional Plan", quantity: "1", unitPrice: "299", amountMinor: 29_900n },
  { kind: "overage", description: "Additional Quantum Jobs", quantity: "45", unitPrice: "0.5", amountMinor: 2_250n },
  { kind: "overage", description: "Additional Storage", quantity: "12.5", unitPrice: "0.1", amountMinor: 125n },
  { kind: "overage", description: "Additional API Calls", quantity: "1247", unitPrice: "0.001", amountMinor: 125n },
];
const EXAMPLE_TOTALS = { subtotalMinor: 32_400n, taxMinor: 2_592n, totalMinor: 34_992n, amountDueMinor: 34_992n };

const withoutCharge = (line: InvoiceLineView) => ({ ...line, overageChargeId: null });
const newest = async (tenant: Tenant) => {
  const [invoice] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
  return getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: invoice?.id ?? "" });
};

describe("the worked example", () => {
  it("is what the preview says and then what the renewal charges", async () => {
    const tenant = await world.tenant({ slug: "demo", plan: "professional", ownClock: true });
    await useAsInTheExample(tenant);
    const upcoming = await getUpcomingInvoice(world.ctx, tenant.id);
    expect(upcoming).toMatchObject({ ...EXAMPLE_TOTALS, lines: EXAMPLE_LINES });
    expect(upcoming.renewsAt).toEqual(new Date("2026-02-15T10:00:00Z"));
    expect(upcoming.dueAt).toEqual(new Date("2026-03-02T10:00:00Z"));
    await world.advance("32 days", tenant);
    const invoice = await newest(tenant);
    expect(invoice).toMatchObject({ ...EXAMPLE_TOTALS, lines: EXAMPLE_LINES });
    expect(invoice).toMatchObject({ number: "INV-2026-02-demo", status: "paid", amountPaidMinor: 34_992n });
    expect(invoice.lines.map(withoutCharge)).toEqual(upcoming.lines);
    // Stripe issues an hour after the period's end; the invoice is due fifteen days after that.
    expect(invoice.issuedAt).toEqual(new Date("2026-02-15T11:00:00Z"));
    expect(invoice.dueAt).toEqual(new Date("2026-03-02T11:00:00Z"));
    const record = await world.ctx.stripe.listInvoices((await getTenant(world.ctx, tenant.id)).stripeCustomerId ?? "");
    expect(record.map(({ number }) => number)).toContain("INV-2026-02-demo");
    expect((await getUsage(world.ctx, tenant.id)).overageMinor).toBe(0n);
  });

  it("explains each overage line by a charge with its events", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await useAsInTheExample(tenant);
    await world.advance("32 days", tenant);
    const { lines } = await newest(tenant);
    const charges = await world.db.prisma.overageCharge.findMany({ where: { tenantId: tenant.id } });
    for (const line of lines.filter(({ kind }) => kind === "overage")) {
      const charge = charges.find(({ id }) => id === line.overageChargeId);
      expect(charge).toMatchObject({ meterKey: line.meterKey, amountMinor: line.amountMinor });
      expect(charge?.stripeInvoiceItemId).toMatch(/^ii_/);
    }
    expect(charges.map((charge) => [charge.meterKey, charge.eventCount]).sort()).toEqual([
      ["api_call", 1n],
      ["quantum_job", 2n],
      ["storage", 3n],
    ]);
  });

  it("previews an empty invoice on the free plan", async () => {
    const tenant = await world.tenant();
    const upcoming = await getUpcomingInvoice(world.ctx, tenant.id);
    expect(upcoming).toMatchObject({ lines: [], subtotalMinor: 0n, totalMinor: 0n, currency: "usd" });
  });

  it("previews only the overage when the plan ends with the period", async () => {
    const tenant = await world.tenant({ plan: "professional", ownClock: true });
    await useAsInTheExample(tenant);
    const cancel = { tenantId: tenant.id, immediate: false, requestId: world.requestId(), reason: "A test" };
    await cancelSubscription(world.ctx, cancel);
    const upcoming = await getUpcomingInvoice(world.ctx, tenant.id);
    expect(upcoming).toMatchObject({ subtotalMinor: 2_500n, taxMinor: 200n, lines: EXAMPLE_LINES.slice(1) });
    await world.advance("32 days", tenant);
    const invoice = await newest(tenant);
    expect(invoice).toMatchObject({ subtotalMinor: 2_500n, totalMinor: 2_700n, status: "paid" });
    expect(invoice.lines.map(withoutCharge)).toEqual(upcoming.lines);
  });
});

describe("repetition, crashes and delays", () => {
  async function toDraft(tenant: Tenant) {
    world.webhooks.mode = "withhold";
    const end = (await getSubscription(world.ctx, tenant.id)).currentPeriodEndAt;
    await world.control.advanceTo(tenant.stripeTestClockId, end);
    await world.clock.refresh();
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const draft = (await world.ctx.stripe.listInvoices(stripeCustomerId ?? "")).find(
      ({ status }) => status === "draft",
    );
    if (!draft?.stripeInvoiceId) throw new Error("The renewal has no draft.");
    return draft.stripeInvoiceId;
  }
  const cause = () => ({ actor: world.ctx.actor, reason: "A test", sourceAt: world.clock.now() });
  const numbersAtStripe = async (id: string) => {
    const record = await world.ctx.stripe.fetchInvoice(id);
    return { number: record?.number, lines: record?.lines.length, totalMinor: record?.totalMinor };
  };
  afterEach(() => {
    world.webhooks.mode = "accept";
  });

  it("puts the overage on a draft once, however often it is asked", async () => {
    const tenant = await world.tenant({ slug: "often", plan: "professional", ownClock: true });
    await useAsInTheExample(tenant);
    const id = await toDraft(tenant);
    await billRenewalDraft(world.ctx, id, cause());
    await billRenewalDraft(world.ctx, id, cause());
    expect(await numbersAtStripe(id)).toEqual({ number: "INV-2026-02-often", lines: 4, totalMinor: 34_992n });
    expect(await world.db.prisma.overageCharge.count({ where: { tenantId: tenant.id } })).toBe(3);
  });

  it.each(["fetchInvoice", "addInvoiceItem", "numberDraft"] as const)(
    "bills once when the answer of %s is lost",
    async (method) => {
      const tenant = await world.tenant({ plan: "professional", ownClock: true });
      await useAsInTheExample(tenant);
      const id = await toDraft(tenant);
      const crashing = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, method) };
      await expect(billRenewalDraft(crashing, id, cause())).rejects.toMatchObject({ code: "stripe.unavailable" });
      await billRenewalDraft(world.ctx, id, cause());
      expect(await numbersAtStripe(id)).toMatchObject({ lines: 4, totalMinor: 34_992n });
      expect(await world.db.prisma.overageCharge.count({ where: { tenantId: tenant.id } })).toBe(3);
    },
  );

  it("bills overage that missed its draft on an invoice of its own that says so", async () => {
    const tenant = await world.tenant({ slug: "late", plan: "professional", ownClock: true });
    await useAsInTheExample(tenant);
    const id = await toDraft(tenant);
    await world.control.advanceTo(tenant.stripeTestClockId, new Date("2026-02-15T12:00:00Z"));
    await world.clock.refresh();
    await billRenewalDraft(world.ctx, id, cause());
    await billRenewalDraft(world.ctx, id, cause());
    const invoices = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 9 });
    expect(invoices.map(({ subtotalMinor, status }) => [subtotalMinor, status]).sort()).toEqual([
      [2_500n, "paid"],
      [29_900n, "paid"],
      [29_900n, "paid"],
    ]);
    const own = invoices.find(({ subtotalMinor }) => subtotalMinor === 2_500n);
    const { lines } = await getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: own?.id ?? "" });
    expect(lines[0]?.description).toBe(
      "Additional Quantum Jobs (2026-01-15 to 2026-02-15, after the renewal was issued)",
    );
  });
});

describe("a renewal that fails", () => {
  it("leaves the tenant served and past due, is seen by the operator, and recovers when it is paid", async () => {
    const tenant = await world.tenant({ slug: "lapsed", plan: "professional", ownClock: true });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    await world.control.nextPayment(stripeCustomerId ?? "", "card_declined");
    await world.advance("31 days", tenant);
    await world.advance("2 hours", tenant);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ planKey: "professional", status: "past_due" });
    const failed = await newest(tenant);
    expect(failed).toMatchObject({ status: "open", paymentFailed: true, number: "INV-2026-02-lapsed" });
    expect(failed.nextPaymentAttemptAt).not.toBeNull();
    expect((await getUsage(world.ctx, tenant.id)).planKey).toBe("professional");
    const seen = { tenantSlug: "lapsed", invoiceNumber: failed.number, totalMinor: 32_292n };
    expect((await getRevenue(world.ctx)).failedPayments).toMatchObject([seen]);
    await world.advance("8 days", tenant);
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ status: "active" });
    expect(await newest(tenant)).toMatchObject({ status: "paid", paymentFailed: false });
    expect((await getRevenue(world.ctx)).failedPayments).toEqual([]);
    const where = { recipientTenantId: tenant.id };
    const mail = await world.db.prisma.mailMessage.findMany({ where, orderBy: { createdAt: "asc" } });
    expect(mail).toMatchObject([{ kind: "payment_failed" }, { kind: "payment_recovered" }]);
  });
});
