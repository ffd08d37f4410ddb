/** The part of the gateway's contract that needs time to pass: renewals, on the sandbox and on Stripe's test mode. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addMonths } from "@/billing/kernel/period";
import { type ContractTarget, contractTargets } from "@/testing/contract-target";

const HOUR_MS = 3_600_000;

describe.each(contractTargets())("renewals on $name", ({ open }) => {
  let target: ContractTarget;
  let priceId: string;
  let serial = 0;
  const key = (name: string) => `${target.run}:${name}:${serial++}`;

  const subscriber = async (name: string, methodId: string) => {
    const asked = { tenantId: `ten_${name}`, slug: name, name, email: `${name}@example.com` };
    const made = await target.gateway.createCustomer({ ...asked, testClockId: target.testClockId }, key(name));
    const { stripeCustomerId } = made;
    const method = await target.gateway.attachPaymentMethod(stripeCustomerId, methodId, key("attach"));
    const { subscription } = await target.gateway.createSubscription(
      {
        stripeCustomerId,
        tenantId: asked.tenantId,
        operationId: "op_contract",
        planVersionId: "contract@1",
        items: [{ stripePriceId: priceId, quantity: 1 }],
        ...{ discount: null, trialDays: null },
        stripePaymentMethodId: method.stripePaymentMethodId,
        stripeTaxRateId: null,
        automaticTax: false,
        whenUnpaid: "refuse",
      },
      key("subscribe"),
    );
    return { stripeCustomerId, stripeSubscriptionId: subscription.stripeSubscriptionId };
  };

  beforeAll(async () => {
    target = await open();
    const pushed = await target.gateway.pushPlan({
      planVersionId: `renewing_${target.run}`,
      planKey: "renewing",
      name: "Renewing",
      currency: "usd",
      monthlyPriceMinor: 10_000n,
      annualPriceMinor: null,
      ...{ monthlySeatPriceMinor: null, annualSeatPriceMinor: null },
    });
    priceId = pushed.stripeMonthlyPriceId ?? "";
    expect(pushed.stripeAnnualPriceId).toBeNull();
  });

  afterAll(() => target?.close());

  it("opens a draft that takes our number and our items, then collects it; a card that fails meanwhile is past due", async () => {
    const good = await subscriber("renewal", "pm_card_visa");
    const bad = await subscriber("failing", "pm_card_visa");
    const failing = await target.gateway.attachPaymentMethod(
      bad.stripeCustomerId,
      "pm_card_chargeCustomerFail",
      key("attach"),
    );
    // The subscription is bound to its first card; choosing a default has to reach its renewals all the same.
    await target.gateway.setDefaultPaymentMethod(bad.stripeCustomerId, failing.stripePaymentMethodId, key("default"));
    const renewsAt = addMonths(target.startAt, 1);

    await target.advanceTo(renewsAt);
    const [draft] = await target.gateway.listInvoices(good.stripeCustomerId);
    expect(draft).toMatchObject({ status: "draft", billingReason: "subscription_cycle", totalMinor: 10_000n });
    const stripeInvoiceId = draft?.stripeInvoiceId ?? "";
    const number = `INV-${target.run.slice(-8)}-R`;
    expect(await target.gateway.numberDraft(stripeInvoiceId, number, key("number"))).toMatchObject({ number });
    const item = {
      ...good,
      stripeInvoiceId,
      amountMinor: 125n,
      currency: "usd",
      description: "Additional API Calls",
      periodStartAt: target.startAt,
      periodEndAt: renewsAt,
      stripeTaxRateId: null,
      discountable: true,
      metadata: { meter_key: "api_call" },
    };
    const once = key("item");
    const added = await target.gateway.addInvoiceItem(item, once);
    expect(await target.gateway.addInvoiceItem(item, once)).toEqual(added);

    await target.advanceTo(new Date(renewsAt.getTime() + 3 * HOUR_MS));
    const renewal = await target.gateway.fetchInvoice(stripeInvoiceId);
    expect(renewal).toMatchObject({ status: "paid", number, totalMinor: 10_125n, amountPaidMinor: 10_125n });
    expect(renewal?.lines.find((line) => line.stripeInvoiceItemId === added.stripeInvoiceItemId)).toMatchObject({
      amountMinor: 125n,
      source: "item",
    });
    expect(await target.gateway.fetchSubscription(good.stripeSubscriptionId)).toMatchObject({
      status: "active",
      currentPeriodStartAt: renewsAt,
      currentPeriodEndAt: addMonths(target.startAt, 2),
    });

    expect(await target.gateway.fetchSubscription(bad.stripeSubscriptionId)).toMatchObject({ status: "past_due" });
    const [unpaid] = await target.gateway.listInvoices(bad.stripeCustomerId);
    expect(unpaid).toMatchObject({ status: "open", attempted: true, attemptCount: 1, amountDueMinor: 10_000n });
    expect(unpaid?.nextPaymentAttemptAt?.getTime()).toBeGreaterThan(renewsAt.getTime());
  });
});
