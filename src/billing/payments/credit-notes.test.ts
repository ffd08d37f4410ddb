/** Money that goes back of an invoice, and the credit note that says so: amounts, taxes, retries, failures, revenue. */
import { describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { getInvoice, listInvoices } from "../invoices";
import { getRevenue } from "../revenue";
import { cancelSubscription, createSubscription } from "../subscriptions";
import { saveBillingDetails, type Tenant } from "../tenants";
import { listPayments, previewRefund, recoverPayments, refundPayment } from ".";

const world = shareWorld();

interface Paid {
  tenant: Tenant;
  paymentId: string;
  invoiceId: string;
}

/** A tenant that has paid 322.92 for a month: 299.00 and 8 % tax. */
async function paid(card = "pm_card_visa"): Promise<Paid> {
  const tenant = await world.tenant({ plan: "professional", ownClock: true, card });
  const [payment] = await listPayments(world.ctx, { tenantId: tenant.id, limit: 1 });
  const [invoice] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
  return { tenant, paymentId: payment?.stripePaymentIntentId ?? "", invoiceId: invoice?.id ?? "" };
}

const asked = (of: Paid, amountMinor: bigint | null) => ({
  tenantId: of.tenant.id,
  paymentId: of.paymentId,
  amountMinor,
});
const refund = (of: Paid, amountMinor: bigint | null, requestId = world.requestId()) =>
  refundPayment(world.ctx, { ...asked(of, amountMinor), requestId, reason: "Sold by mistake" });
const pageOf = (of: Paid) => getInvoice(world.ctx, { tenantId: of.tenant.id, invoiceId: of.invoiceId });
const notesOf = async (of: Paid) => {
  const row = await world.db.prisma.invoice.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: of.tenant.id, id: of.invoiceId } },
  });
  return world.ctx.stripe.listCreditNotes(row.stripeInvoiceId);
};

describe("a refund of an invoice", () => {
  it("makes a credit note with its share of the tax; three of them take back exactly the invoice's tax", async () => {
    const of = await paid();
    const preview = await previewRefund(world.ctx, asked(of, 10_000n));
    const number = (await pageOf(of)).number;
    // 100.00 of 322.92 is 7.41 of 23.92.
    expect(preview).toEqual({
      ...{ amountMinor: 10_000n, currency: "usd", invoiceNumber: number },
      credit: { totalMinor: 10_000n, taxMinor: 741n },
    });
    expect(await refund(of, 10_000n)).toMatchObject({ creditedMinor: 10_000n, creditedTaxMinor: 741n });
    await refund(of, 10_001n);
    const rest = await previewRefund(world.ctx, asked(of, null));
    await refund(of, null);
    const notes = await notesOf(of);
    expect(notes.map(({ totalMinor, status }) => [totalMinor, status])).toEqual([
      [10_000n, "issued"],
      [10_001n, "issued"],
      [12_291n, "issued"],
    ]);
    expect(notes.reduce((sum, { taxMinor }) => sum + taxMinor, 0n)).toBe(2_392n);
    expect(rest.credit).toEqual({ totalMinor: 12_291n, taxMinor: notes[2]?.taxMinor });
    const { givenBack } = await pageOf(of);
    for (const { totalMinor, taxMinor } of notes) {
      expect(givenBack).toContainEqual(
        expect.objectContaining({
          ...{ amountMinor: totalMinor, refundStatus: "succeeded" },
          creditNote: expect.objectContaining({ totalMinor, taxMinor }),
        }),
      );
    }
    // Webhooks tell it again and add nothing.
    await world.drain();
    expect(await world.db.prisma.creditNote.count({ where: { tenantId: of.tenant.id } })).toBe(3);
    expect((await pageOf(of)).givenBack).toHaveLength(3);
  });

  it("is taken back once, however often the request comes", async () => {
    const of = await paid();
    const first = await refund(of, 5_000n, "credit-once");
    expect(await refund(of, 5_000n, "credit-once")).toEqual(first);
    expect(await notesOf(of)).toHaveLength(1);
  });

  it.each(["refundPayment", "creditRefund"] as const)("is finished after a crash behind %s, once", async (call) => {
    const of = await paid();
    const { stripe } = world.ctx;
    const crash = new Error("The process died.");
    const asking = (...args: never[]) => Reflect.apply(stripe[call], stripe, args) as Promise<unknown>;
    const dying = { ...stripe, [call]: (...args: never[]) => asking(...args).then(() => Promise.reject(crash)) };
    const request = { ...asked(of, 4_000n), requestId: `doomed-${call}`, reason: "A test" };
    await expect(refundPayment({ ...world.ctx, stripe: dying }, request)).rejects.toBe(crash);
    // Nothing that was done is asked for again: after a day Stripe would not know the key any more.
    const again = () => Promise.reject(new Error(`${call} was asked for again`));
    await world.advance("25 hours", of.tenant);
    expect(await recoverPayments({ ...world.ctx, stripe: { ...stripe, [call]: again } })).toBe(1);
    expect(await stripe.listRefunds(of.paymentId)).toHaveLength(1);
    expect(await notesOf(of)).toMatchObject([{ totalMinor: 4_000n, taxMinor: 296n }]);
    expect((await pageOf(of)).givenBack).toMatchObject([{ amountMinor: 4_000n, creditNote: { totalMinor: 4_000n } }]);
  });

  it("that failed keeps its note, and the refund that takes its place gets none", async () => {
    const of = await paid("pm_card_refundFail");
    await refund(of, 10_000n);
    await world.drain();
    await world.advance("1 minute", of.tenant);
    expect((await pageOf(of)).givenBack).toMatchObject([
      { refundStatus: "failed", creditNote: { totalMinor: 10_000n } },
    ]);
    expect((await previewRefund(world.ctx, asked(of, 10_000n))).credit).toBeNull();
    expect(await previewRefund(world.ctx, asked(of, 12_000n))).toMatchObject({ credit: { totalMinor: 2_000n } });
    expect(await refund(of, 10_000n)).toMatchObject({ creditedMinor: 0n });
    expect(await notesOf(of)).toHaveLength(1);
  });

  it("leaves alone what a plan's end has given back: its final invoice is the document", async () => {
    const of = await paid();
    await world.advance("10 days", of.tenant);
    const ended = { tenantId: of.tenant.id, requestId: world.requestId(), reason: "A test" };
    await cancelSubscription(world.ctx, { ...ended, immediate: true });
    await world.drain();
    expect(await notesOf(of)).toEqual([]);
    const [given] = (await pageOf(of)).givenBack;
    expect(given).toMatchObject({ refundStatus: "succeeded", creditNote: null });
    const left = await previewRefund(world.ctx, asked(of, null));
    expect(left.credit?.totalMinor).toBe(32_292n - (given?.amountMinor ?? 0n));
  });

  it("counts what was credited at Stripe, and shows it", async () => {
    const of = await paid();
    const row = await world.db.prisma.invoice.findUniqueOrThrow({
      where: { tenantId_id: { tenantId: of.tenant.id, id: of.invoiceId } },
    });
    const by = { stripePaymentIntentId: of.paymentId, amountMinor: 30_000n, reason: "By hand" };
    const { stripeRefundId } = await world.ctx.stripe.refundPayment(by, "by-hand");
    await world.ctx.stripe.creditRefund(
      {
        ...{ stripeInvoiceId: row.stripeInvoiceId, stripeRefundId, refundId: "elsewhere", description: "By hand" },
        ...{ totalMinor: 30_000n, taxMinor: 2_222n },
      },
      "by-hand-note",
    );
    await world.drain();
    expect((await pageOf(of)).givenBack).toMatchObject([{ amountMinor: 30_000n, creditNote: { taxMinor: 2_222n } }]);
    expect((await previewRefund(world.ctx, asked(of, null))).credit).toEqual({ totalMinor: 2_292n, taxMinor: 170n });
  });

  it("lowers the revenue of its month, net and tax, by what went back", async () => {
    const of = await paid();
    await world.drain();
    const month = async () => {
      const { byMonth } = await getRevenue(world.ctx);
      const sum = (pick: (one: (typeof byMonth)[number]) => bigint) =>
        byMonth.reduce((all, one) => all + pick(one), 0n);
      return {
        billed: sum((one) => one.billedMinor),
        tax: sum((one) => one.taxMinor),
        in: sum((one) => one.collectedMinor),
      };
    };
    const before = await month();
    const invoices = (await getRevenue(world.ctx)).byMonth.reduce((all, one) => all + one.invoices, 0);
    await refund(of, 10_000n);
    const after = await month();
    expect(before.billed - after.billed).toBe(9_259n);
    expect(before.tax - after.tax).toBe(741n);
    expect(before.in - after.in).toBe(10_000n);
    expect((await getRevenue(world.ctx)).byMonth.reduce((all, one) => all + one.invoices, 0)).toBe(invoices);
  });
});

describe("where taxes are calculated by place", () => {
  const seller = { name: "Seller Inc.", address: ["1 Main St", "Dover DE 19901"], taxId: "EU372000041" };
  const taxed = shareWorld({ settings: { taxMode: "stripe_tax", seller } });

  it("the credit note's tax is Stripe's, and what the preview said", async () => {
    const tenant = await taxed.tenant({ ownClock: true });
    const berlin = { line1: "Hauptstr. 1", city: "Berlin", postalCode: "10115", country: "DE" };
    const who = { legalName: "Northlight GmbH", billingEmail: "billing@northlight.example", taxIds: [] };
    const said = () => ({ tenantId: tenant.id, requestId: taxed.requestId(), reason: "A test" });
    await saveBillingDetails(taxed.ctx, { ...said(), ...who, ...berlin });
    const payer = { paymentMethodId: "pm_card_visa", canConfirm: false };
    await createSubscription(taxed.ctx, { ...said(), ...payer, planKey: "professional", interval: "month" });
    await taxed.drain();
    const [payment] = await listPayments(taxed.ctx, { tenantId: tenant.id, limit: 1 });
    const wish = { tenantId: tenant.id, paymentId: payment?.stripePaymentIntentId ?? "", amountMinor: 10_000n };
    const { credit } = await previewRefund(taxed.ctx, wish);
    // 19 % inside 100.00.
    expect(credit).toEqual({ totalMinor: 10_000n, taxMinor: 1_597n });
    await refundPayment(taxed.ctx, { ...said(), ...wish });
    const [invoice] = await listInvoices(taxed.ctx, { tenantId: tenant.id, limit: 1 });
    const page = await getInvoice(taxed.ctx, { tenantId: tenant.id, invoiceId: invoice?.id ?? "" });
    expect(page.givenBack).toMatchObject([{ creditNote: { totalMinor: 10_000n, taxMinor: 1_597n } }]);
  });
});
