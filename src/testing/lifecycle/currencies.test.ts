/**
 * Currencies without and with three decimals, from the start of a subscription to the money that goes back at its end:
 * every amount is an integer of the currency's own minor unit, rounded once a line, and what was quoted is what moved. Those
 * with three decimals move in tens, so every amount does: lines, taxes, payments, refunds.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { getInvoice, listInvoices } from "@/billing/invoices";
import { getPayment, listPaymentMethods, listPayments, processPayment, refundPayment } from "@/billing/payments";
import {
  commitQuote,
  createSubscription,
  type Quote,
  quoteSubscription,
  subscriptionWishSchema,
} from "@/billing/subscriptions";
import { getTenant, type Tenant } from "@/billing/tenants";
import { recordUsage } from "@/billing/usage";
import { shareWorld } from "../world";
import { calls, lifecycleCatalog, plan } from "./catalog";

/** A catalog and what comes of it, in minor units; the tax is 8 %. */
interface Case {
  currency: string;
  /** Prices of the two plans, and of a call beyond the first hundred. */
  prices: { small: string; big: string; call: string };
  startMinor: bigint;
  /** On the tenth of 31 days: the rest of big (21/31), the unused part of small, tax, total. */
  upgrade: { lines: bigint[]; taxMinor: bigint; totalMinor: bigint };
  /** With 133 calls too many: fee and calls, tax, total. */
  renewal: { lines: bigint[]; taxMinor: bigint; totalMinor: bigint };
  /** Of the renewal. */
  refundMinor: bigint;
  /** An amount of minor units that nobody can pay or get back; null where there is none. */
  between: bigint | null;
  /** On the second of 28 days with 67 calls too many: 27/28 of the fee back, the calls charged. */
  end: { lines: bigint[]; taxMinor: bigint; totalMinor: bigint };
}

const CASES: Case[] = [
  {
    currency: "jpy",
    prices: { small: "1900", big: "5001", call: "0.35" },
    startMinor: 2_052n,
    upgrade: { lines: [-1_287n, 3_388n], taxMinor: 168n, totalMinor: 2_269n },
    // 133 × 0.35 = 46.55.
    renewal: { lines: [5_001n, 47n], taxMinor: 404n, totalMinor: 5_452n },
    refundMinor: 7n,
    between: null,
    // 67 × 0.35 = 23.45.
    end: { lines: [-4_822n, 23n], taxMinor: -384n, totalMinor: -5_183n },
  },
  {
    currency: "kwd",
    prices: { small: "5.500", big: "17.250", call: "0.0035" },
    startMinor: 5_940n,
    // Dinars move in tens: 21/31 of 17.250 is 11.68548, of 5.500 is 3.72581; 8 % of the lines 0.9352 and 0.2984.
    upgrade: { lines: [-3_730n, 11_690n], taxMinor: 640n, totalMinor: 8_600n },
    // 133 × 0.0035 = 0.4655; 8 % of it 0.0376.
    renewal: { lines: [17_250n, 470n], taxMinor: 1_420n, totalMinor: 19_140n },
    refundMinor: 1_230n,
    between: 1_234n,
    // 27/28 of 17.250 is 16.63393; 67 × 0.0035 = 0.2345; 8 % are 1.3304 and 0.0184.
    end: { lines: [-16_630n, 230n], taxMinor: -1_310n, totalMinor: -17_710n },
  },
];

describe.each(CASES)("$currency", ({ currency, prices, ...expected }) => {
  const allowances = [calls("100", prices.call)];
  const { small, big } = prices;
  const plans = [plan("small", [small, small], { allowances }), plan("big", [big, big], { allowances })];
  const world = shareWorld({ catalog: lifecycleCatalog(plans, { currency }) });
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await world.tenant({ ownClock: true });
  });

  const said = () => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "Asked for in a test" });
  const use = (quantity: string) =>
    recordUsage(world.ctx, {
      ...{ tenantId: tenant.id, meterKey: "call", quantity },
      unit: null,
      metadata: {},
      key: null,
    });

  /** What cards paid and did not get back, and the credit that is left (negative). */
  async function money() {
    await world.drain();
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const payments = await world.ctx.stripe.listPayments(stripeCustomerId ?? "");
    const customer = await world.ctx.stripe.fetchCustomer(stripeCustomerId ?? "");
    expect(payments.map((payment) => payment.currency)).toEqual(payments.map(() => currency));
    const kept = payments.reduce((sum, payment) => sum + payment.amountMinor - payment.amountRefundedMinor, 0n);
    return { keptMinor: kept, balanceMinor: customer?.balanceMinor ?? 0n };
  }

  /** Commits a wish and says what was quoted and what moved. */
  async function keep(wish: object): Promise<{ quote: Quote; told: bigint; movedMinor: bigint }> {
    const input = { tenantId: tenant.id, wish: subscriptionWishSchema.parse(wish) };
    const quote = await quoteSubscription(world.ctx, input);
    const before = await money();
    const commit = { ...said(), quoteId: quote.id, paymentMethodId: null, canConfirm: false };
    const { chargedNowMinor } = await commitQuote(world.ctx, commit);
    const after = await money();
    expect(after.balanceMinor).toBe(before.balanceMinor);
    return { quote, told: chargedNowMinor, movedMinor: after.keptMinor - before.keptMinor };
  }

  const newestInvoice = async () => {
    const [newest] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
    return getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: newest?.id ?? "" });
  };

  it("starts at the price and its tax", async () => {
    const payer = { paymentMethodId: "pm_card_visa", canConfirm: false };
    const started = await createSubscription(world.ctx, { ...said(), ...payer, planKey: "small", interval: "month" });
    expect(started).toMatchObject({ chargedNowMinor: expected.startMinor, currency });
    expect(await money()).toEqual({ keptMinor: expected.startMinor, balanceMinor: 0n });
  });

  it("upgrades for what the quote says", async () => {
    await world.advance("10 days", tenant);
    const { lines, taxMinor, totalMinor } = expected.upgrade;
    const { quote, told, movedMinor } = await keep({ verb: "change", planKey: "big" });
    expect(quote).toMatchObject({ currency, tax: { amountMinor: taxMinor }, totalMinor, dueNowMinor: totalMinor });
    expect(quote.lines.map(({ amountMinor }) => amountMinor)).toEqual(lines);
    expect([told, movedMinor]).toEqual([totalMinor, totalMinor]);
    expect(await newestInvoice()).toMatchObject({ currency, taxMinor, totalMinor, amountPaidMinor: totalMinor });
  });

  it("charges overage at a fraction of its unit", async () => {
    await use("233");
    await world.advance("22 days", tenant);
    const { lines, taxMinor, totalMinor } = expected.renewal;
    const invoice = await newestInvoice();
    expect(invoice).toMatchObject({ currency, taxMinor, totalMinor, amountPaidMinor: totalMinor });
    expect(invoice.lines.map(({ amountMinor }) => amountMinor)).toEqual(lines);
    expect(invoice.lines[1]).toMatchObject({ kind: "overage", quantity: "133", unitPrice: prices.call });
  });

  it("gives a part of a payment back", async () => {
    const before = await money();
    const [{ stripePaymentIntentId: paymentId } = { stripePaymentIntentId: "" }] = await listPayments(world.ctx, {
      ...{ tenantId: tenant.id, limit: 1 },
    });
    const amountMinor = expected.refundMinor;
    const refund = await refundPayment(world.ctx, { ...said(), paymentId, amountMinor });
    expect(refund).toMatchObject({ amountMinor, currency, status: "succeeded" });
    expect(before.keptMinor - (await money()).keptMinor).toBe(amountMinor);
    const payment = await getPayment(world.ctx, tenant.id, paymentId);
    expect(payment).toMatchObject({ amountMinor: expected.renewal.totalMinor });
  });

  it("refuses an amount that cannot be paid before Stripe is asked, and Stripe would refuse it", async () => {
    const [{ stripePaymentIntentId: paymentId } = { stripePaymentIntentId: "" }] = await listPayments(world.ctx, {
      ...{ tenantId: tenant.id, limit: 1 },
    });
    const amountMinor = expected.between ?? 1_234n;
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const [method] = await listPaymentMethods(world.ctx, tenant.id);
    const asked = {
      stripeCustomerId: stripeCustomerId ?? "",
      stripePaymentMethodId: method?.stripePaymentMethodId ?? "",
    };
    const one = { amountMinor, currency, description: "Correction", onSession: false };
    const before = await money();
    const pay = () => processPayment(world.ctx, { ...said(), ...one, paymentMethodId: null });
    const back = () => refundPayment(world.ctx, { ...said(), paymentId, amountMinor });
    const direct = () => world.ctx.stripe.createPayment({ ...asked, ...one, metadata: {} }, world.requestId());
    if (expected.between === null) {
      expect((await pay()).payment).toMatchObject({ amountMinor, status: "succeeded" });
      expect(await back()).toMatchObject({ amountMinor, status: "succeeded" });
      expect(await money()).toEqual(before);
      return;
    }
    for (const call of [pay, back, direct])
      await expect(call()).rejects.toMatchObject({ code: "payment.amount_invalid" });
    expect(await money()).toEqual(before);
  });

  it("ends now: unused time back, overage charged", async () => {
    await use("167");
    const { lines, taxMinor, totalMinor } = expected.end;
    const { quote, told, movedMinor } = await keep({ verb: "cancel", when: "now", settlement: "refund" });
    expect(quote).toMatchObject({ currency, tax: { amountMinor: taxMinor }, totalMinor, refundMinor: -totalMinor });
    expect(quote.lines.map(({ amountMinor }) => amountMinor)).toEqual(lines);
    expect([told, movedMinor]).toEqual([totalMinor, totalMinor]);
    const { startMinor, upgrade, renewal, refundMinor } = expected;
    const keptMinor = startMinor + upgrade.totalMinor + renewal.totalMinor - refundMinor + totalMinor;
    expect(await money()).toEqual({ keptMinor, balanceMinor: 0n });
  });
});
