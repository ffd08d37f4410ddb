/** The gateway's contract, held against the sandbox always and against Stripe's test mode when a key is given. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addMonths } from "@/billing/kernel/period";
import { type ContractTarget, contractTargets } from "@/testing/contract-target";
import type { InvoiceItemRequest, PlanPushed } from "./gateway";

describe.each(contractTargets())("the gateway on $name", ({ open }) => {
  let target: ContractTarget;
  let basic: PlanPushed;
  let professional: PlanPushed;
  let taxRateId: string;
  let serial = 0;

  const key = (name: string) => `${target.run}:${name}:${serial++}`;
  const plan = (name: string, monthlyPriceMinor: bigint, annualPriceMinor: bigint) => ({
    planVersionId: `${name}_${target.run}`,
    planKey: name,
    name,
    currency: "usd",
    monthlyPriceMinor,
    annualPriceMinor,
    ...{ monthlySeatPriceMinor: null, annualSeatPriceMinor: null },
  });
  const customer = async (name: string, methodId: string | null = "pm_card_visa") => {
    const asked = { tenantId: `ten_${name}`, slug: name, name, email: `${name}@example.com` };
    const made = await target.gateway.createCustomer({ ...asked, testClockId: target.testClockId }, key(name));
    if (methodId === null) return { id: made.stripeCustomerId, methodId: null };
    const method = await target.gateway.attachPaymentMethod(made.stripeCustomerId, methodId, key("attach"));
    await target.gateway.setDefaultPaymentMethod(made.stripeCustomerId, method.stripePaymentMethodId, key("default"));
    return { id: made.stripeCustomerId, methodId: method.stripePaymentMethodId };
  };
  const subscribe = (stripeCustomerId: string, methodId: string | null, priceId = basic.stripeMonthlyPriceId) =>
    target.gateway.createSubscription(
      {
        stripeCustomerId,
        tenantId: "ten_contract",
        operationId: "op_contract",
        planVersionId: "contract@1",
        items: [{ stripePriceId: priceId ?? "", quantity: 1 }],
        ...{ discount: null, trialDays: null },
        stripePaymentMethodId: methodId,
        stripeTaxRateId: taxRateId,
        automaticTax: false,
        whenUnpaid: methodId === null ? "wait" : "refuse",
      },
      key("subscribe"),
    );
  const item = (stripeCustomerId: string, amountMinor: bigint, name: string): InvoiceItemRequest => ({
    stripeCustomerId,
    stripeSubscriptionId: null,
    stripeInvoiceId: null,
    amountMinor,
    currency: "usd",
    description: name,
    periodStartAt: target.startAt,
    periodEndAt: addMonths(target.startAt, 1),
    stripeTaxRateId: taxRateId,
    discountable: true,
    metadata: { meter_key: name },
  });

  beforeAll(async () => {
    target = await open();
    basic = await target.gateway.pushPlan(plan("basic", 29_900n, 299_000n));
    professional = await target.gateway.pushPlan(plan("professional", 99_900n, 999_000n));
    taxRateId = await target.gateway.pushTaxRate({ displayName: "Sales tax", percentage: "8", key: target.run });
  });

  afterAll(() => target?.close());

  describe("catalog", () => {
    it("finds again what it pushed", async () => {
      expect(await target.gateway.pushPlan(plan("basic", 29_900n, 299_000n))).toEqual(basic);
      const again = await target.gateway.pushTaxRate({ displayName: "Sales tax", percentage: "8", key: target.run });
      expect(again).toBe(taxRateId);
    });

    it("makes a new price when an amount differs, and leaves the product", async () => {
      const first = await target.gateway.pushPlan(plan("repriced", 1_000n, 10_000n));
      const second = await target.gateway.pushPlan(plan("repriced", 1_200n, 10_000n));
      expect(second.stripeProductId).toBe(first.stripeProductId);
      expect(second.stripeAnnualPriceId).toBe(first.stripeAnnualPriceId);
      expect(second.stripeMonthlyPriceId).not.toBe(first.stripeMonthlyPriceId);
    });
  });

  describe("customers and payment methods", () => {
    it("makes one customer for one key", async () => {
      const asked = { tenantId: "ten_once", slug: "once", name: "Once", email: "once@example.com" };
      const once = key("once");
      const request = { ...asked, testClockId: target.testClockId };
      const first = await target.gateway.createCustomer(request, once);
      const second = await target.gateway.createCustomer(request, once);
      expect(second).toEqual(first);
      expect(first).toMatchObject({ tenantId: "ten_once", testClockId: target.testClockId, balanceMinor: 0n });
      expect(await target.gateway.fetchCustomer("cus_nobody")).toBeNull();
    });

    it("attaches, chooses, lists and removes a card; attaching it again changes nothing", async () => {
      const { id, methodId } = await customer("cards");
      const again = await target.gateway.attachPaymentMethod(id, methodId ?? "", key("attach"));
      expect(again).toMatchObject({ stripePaymentMethodId: methodId, brand: "visa", last4: "4242", type: "card" });
      expect((await target.gateway.fetchCustomer(id))?.defaultPaymentMethodId).toBe(methodId);
      await target.gateway.detachPaymentMethod(methodId ?? "", key("detach"));
      expect(await target.gateway.listPaymentMethods(id)).toEqual([]);
    });

    it.each([
      ["pm_card_visa_chargeDeclined", "payment.card_declined"],
      ["pm_card_visa_chargeDeclinedInsufficientFunds", "payment.insufficient_funds"],
    ])("refuses to attach %s as %s", async (methodId, code) => {
      const { id } = await customer("declined", null);
      const attached = target.gateway.attachPaymentMethod(id, methodId, key("attach"));
      await expect(attached).rejects.toMatchObject({ kind: "declined", code });
      expect(await target.gateway.listPaymentMethods(id)).toEqual([]);
    });

    it("prepares the browser's saving of a card", async () => {
      const { id } = await customer("setup", null);
      const confirmation = await target.gateway.createSetupIntent(id, "usd", key("setup"));
      expect(confirmation).toEqual({ intent: "setup", clientSecret: expect.stringMatching(/^seti_\w+_secret_/) });
    });
  });

  describe("subscriptions", () => {
    it("starts one that is paid at once, with tax", async () => {
      const { id, methodId } = await customer("paid");
      const { subscription, invoice, confirmation } = await subscribe(id, methodId);
      expect(subscription).toMatchObject({
        status: "active",
        interval: "month",
        unitAmountMinor: 29_900n,
        quantity: 1,
        tenantId: "ten_contract",
        testClockId: target.testClockId,
        currentPeriodStartAt: target.startAt,
        currentPeriodEndAt: addMonths(target.startAt, 1),
      });
      expect(invoice).toMatchObject({
        status: "paid",
        billingReason: "subscription_create",
        subtotalMinor: 29_900n,
        taxMinor: 2_392n,
        totalMinor: 32_292n,
        amountPaidMinor: 32_292n,
        stripeSubscriptionId: subscription.stripeSubscriptionId,
      });
      expect(invoice?.lines).toMatchObject([
        { source: "subscription", amountMinor: 29_900n, taxMinor: 2_392n, quantity: "1", unitAmountMinor: "29900" },
      ]);
      expect(confirmation).toBeNull();
      const [payment] = await target.gateway.listPayments(id);
      expect(payment).toMatchObject({ status: "succeeded", amountMinor: 32_292n, failureCode: null });
      expect(payment?.stripeInvoiceId).toBe(invoice?.stripeInvoiceId);
      expect(invoice?.stripePaymentIntentId).toBe(payment?.stripePaymentIntentId);
    });

    it("starts nothing when the card is declined and refusing was asked for", async () => {
      const { id, methodId } = await customer("refused", "pm_card_chargeCustomerFail");
      await expect(subscribe(id, methodId)).rejects.toMatchObject({ kind: "declined", code: "payment.card_declined" });
      expect(await target.gateway.listLiveSubscriptions(id)).toEqual([]);
    });

    it("waits for the browser without a card", async () => {
      const { id } = await customer("waiting", null);
      const { subscription, invoice, confirmation } = await subscribe(id, null);
      expect(subscription.status).toBe("incomplete");
      expect(invoice).toMatchObject({ status: "open", amountDueMinor: 32_292n });
      expect(confirmation).toMatchObject({ intent: "payment", clientSecret: expect.stringContaining("_secret_") });
      expect(await target.gateway.fetchConfirmation(subscription.stripeSubscriptionId)).toEqual(confirmation);
    });

    it("charges for a change of plan exactly what its preview said", async () => {
      const { id, methodId } = await customer("upgrade");
      const { subscription } = await subscribe(id, methodId);
      const stripePriceId = professional.stripeMonthlyPriceId ?? "";
      const change = {
        stripeSubscriptionId: subscription.stripeSubscriptionId,
        items: [{ stripeItemId: subscription.stripeItemId, stripePriceId, quantity: 1 }],
        proration: "now" as const,
        prorationAt: target.startAt,
        ...{ restartPeriod: false, discounts: null, withdraws: null },
        whenUnpaid: "refuse" as const,
        latestStripeInvoiceId: subscription.latestStripeInvoiceId,
      };
      const preview = await target.gateway.previewChange(change);
      expect(preview).toMatchObject({ stripeInvoiceId: null, subtotalMinor: 70_000n, taxMinor: 5_600n });
      const changed = await target.gateway.changeSubscription(change, key("change"));
      expect(changed.subscription).toMatchObject({ stripePriceId, unitAmountMinor: 99_900n });
      expect(changed.invoice).toMatchObject({ status: "paid", totalMinor: preview?.totalMinor });
      expect(changed.invoice?.lines.map((line) => [line.amountMinor, line.proration])).toEqual(
        preview?.lines.map((line) => [line.amountMinor, line.proration]),
      );
    });

    it("ends at the period's end, or goes on after all", async () => {
      const { id, methodId } = await customer("leaving");
      const { subscription } = await subscribe(id, methodId);
      const { stripeSubscriptionId } = subscription;
      const leaving = await target.gateway.cancelSubscriptionAtPeriodEnd(stripeSubscriptionId, key("cancel"));
      expect(leaving).toMatchObject({ status: "active", cancelAtPeriodEnd: true, canceledAt: target.startAt });
      const staying = await target.gateway.resumeSubscription(stripeSubscriptionId, key("resume"));
      expect(staying).toMatchObject({ status: "active", cancelAtPeriodEnd: false, cancelAt: null });
    });

    it("ends now with the unused time as credit, and again without harm", async () => {
      const { id, methodId } = await customer("gone");
      const { subscription } = await subscribe(id, methodId);
      const { stripeSubscriptionId } = subscription;
      const options = { prorate: true, invoiceNow: true };
      const end = () => target.gateway.cancelSubscriptionNow(stripeSubscriptionId, options, key("end"));
      expect(await end()).toMatchObject({ status: "canceled", endedAt: target.startAt });
      expect(await end()).toMatchObject({ status: "canceled", endedAt: target.startAt });
      expect((await target.gateway.fetchCustomer(id))?.balanceMinor).toBe(-32_292n);
      expect(await target.gateway.listLiveSubscriptions(id)).toEqual([]);
      expect(await target.gateway.fetchSubscription("sub_none")).toBeNull();
    });
  });

  describe("invoices and payments", () => {
    it("previews a renewal with overage as the seed's example adds up", async () => {
      const { id, methodId } = await customer("example");
      const { subscription } = await subscribe(id, methodId);
      const items = [item(id, 2_250n, "quantum_job"), item(id, 125n, "storage"), item(id, 125n, "api_call")];
      const preview = await target.gateway.previewRenewal(subscription.stripeSubscriptionId, items);
      expect(preview).toMatchObject({ subtotalMinor: 32_400n, taxMinor: 2_592n, totalMinor: 34_992n });
      expect(preview.lines).toHaveLength(4);
      expect(await target.gateway.listInvoices(id)).toHaveLength(1);
    });

    it("issues an invoice of our own under our number, and the same one for the same key", async () => {
      const { id } = await customer("overage");
      const request = {
        stripeCustomerId: id,
        stripeSubscriptionId: null,
        number: `INV-${target.run.slice(-8)}`,
        items: [item(id, 2_250n, "quantum_job"), item(id, 125n, "api_call")],
        stripeTaxRateId: taxRateId,
        automaticTax: false,
      };
      const once = key("invoice");
      const invoice = await target.gateway.createInvoice(request, once);
      expect(invoice).toMatchObject({ status: "paid", number: request.number, subtotalMinor: 2_375n, taxMinor: 190n });
      const lines = new Map(invoice.lines.map((line) => [line.description, line]));
      expect(lines.get("quantum_job")).toMatchObject({
        source: "item",
        amountMinor: 2_250n,
        proration: false,
        metadata: { meter_key: "quantum_job" },
        periodStartAt: target.startAt,
      });
      expect((await target.gateway.createInvoice(request, once)).stripeInvoiceId).toBe(invoice.stripeInvoiceId);
      expect(await target.gateway.fetchInvoice(invoice.stripeInvoiceId ?? "")).toEqual(invoice);
      expect(await target.gateway.listInvoices(id)).toHaveLength(1);
    });

    it("leaves an invoice open whose card declines, and collects it with another card", async () => {
      const { id } = await customer("late", "pm_card_chargeCustomerFail");
      const invoice = await target.gateway.createInvoice(
        {
          stripeCustomerId: id,
          stripeSubscriptionId: null,
          number: `INV-${target.run.slice(-8)}-late`,
          items: [item(id, 5_000n, "quantum_job")],
          stripeTaxRateId: null,
          automaticTax: false,
        },
        key("invoice"),
      );
      expect(invoice).toMatchObject({ status: "open", amountPaidMinor: 0n, attempted: true });
      const failed = await target.gateway.fetchPayment(invoice.stripePaymentIntentId ?? "");
      expect(failed).toMatchObject({ status: "failed", failureCode: "card_declined" });
      const stripeInvoiceId = invoice.stripeInvoiceId ?? "";
      const pay = (stripePaymentMethodId: string | null) =>
        target.gateway.payInvoice(stripeInvoiceId, { stripePaymentMethodId }, key("pay"));
      await expect(pay(null)).rejects.toMatchObject({ kind: "declined", code: "payment.card_declined" });
      const good = await target.gateway.attachPaymentMethod(id, "pm_card_mastercard", key("attach"));
      expect(await pay(good.stripePaymentMethodId)).toMatchObject({ status: "paid" });
    });

    it("refunds part of a payment", async () => {
      const { id, methodId } = await customer("refund");
      const { invoice } = await subscribe(id, methodId);
      const stripePaymentIntentId = invoice?.stripePaymentIntentId ?? "";
      const request = { stripePaymentIntentId, amountMinor: 1_000n, reason: "A test" };
      const once = key("refund");
      const refund = await target.gateway.refundPayment(request, once);
      expect(await target.gateway.refundPayment(request, once)).toEqual(refund);
      expect(await target.gateway.fetchPayment(stripePaymentIntentId)).toMatchObject({ amountRefundedMinor: 1_000n });
    });
  });

  it("says what Stripe refused and under which request", async () => {
    const { id, methodId } = await customer("unknown");
    const refused = subscribe(id, methodId, "price_unknown");
    await expect(refused).rejects.toMatchObject({
      kind: "upstream",
      code: "stripe.refused",
      retryable: false,
      details: { requestId: expect.stringMatching(/^req_/), stripeCode: "resource_missing" },
    });
  });
});
