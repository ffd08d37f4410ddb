/** A renewal whose card fails: who hears of it, how often, and how it ends when a good card comes. */
import { beforeAll, describe, expect, it } from "vitest";
import { listInvoices, payInvoice } from "@/billing/invoices";
import { listMail } from "@/billing/notifications";
import { addPaymentMethod, listPayments } from "@/billing/payments";
import { getSubscription } from "@/billing/subscriptions";
import type { Tenant } from "@/billing/tenants";
import { shareWorld } from "@/testing/world";
import { replayEvent } from ".";

const world = shareWorld();
let tenant: Tenant;

beforeAll(async () => {
  tenant = await world.tenant({ slug: "late-payer", plan: "professional" });
  await saveCard("pm_card_chargeCustomerFail");
  await world.advance("1 month");
  await world.advance("3 hours");
});

async function saveCard(paymentMethodId: string): Promise<void> {
  const requestId = world.requestId();
  const call = { tenantId: tenant.id, paymentMethodId, makeDefault: true, requestId, reason: "A test" };
  await addPaymentMethod(world.ctx, call);
  await world.drain();
}

const letters = async () => (await listMail(world.db, { limit: 20 })).map((mail) => mail.kind).reverse();
const newestInvoice = async () => (await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 }))[0];

describe("a renewal that fails", () => {
  it("leaves the plan in force, the invoice open and the subscription past due", async () => {
    const current = await getSubscription(world.ctx, tenant.id);
    expect(current).toMatchObject({ planKey: "professional", status: "past_due" });
    expect(await newestInvoice()).toMatchObject({ status: "open", paymentFailed: true, amountPaidMinor: 0n });
    const [payment] = await listPayments(world.ctx, { tenantId: tenant.id, limit: 1 });
    expect(payment).toMatchObject({ status: "failed", failureCode: "card_declined" });
  });

  it("is told to the tenant once, however often Stripe tells us", async () => {
    const [letter] = await listMail(world.db, { limit: 1 });
    expect(letter).toMatchObject({ recipient: tenant.billingEmail, subject: expect.stringContaining("$322.92") });
    expect(letter?.text).toContain("http://localhost:3000/fix-payment?link=");
    const failures = await world.db.prisma.webhookEvent.findMany({ where: { type: "invoice.payment_failed" } });
    expect(failures.length).toBeGreaterThan(0);
    for (const { id } of failures) await replayEvent(world.ctx, id);
    await world.drain();
    expect(await letters()).toEqual(["payment_failed"]);
  });

  it("is told again by a reminder on its day, not by every try that fails", async () => {
    const nextAt = (await newestInvoice())?.nextPaymentAttemptAt;
    expect(nextAt).toBeInstanceOf(Date);
    await world.advance(new Date((nextAt?.getTime() ?? 0) + 60_000));
    expect(await letters()).toEqual(["payment_failed", "payment_reminder"]);
    await world.advance("1 day");
    expect(await letters()).toHaveLength(2);
  });

  it("ends well when a good card pays it, and old news of the failure write no more letters", async () => {
    await saveCard("pm_card_mastercard");
    const invoice = await newestInvoice();
    await payInvoice(world.ctx, {
      tenantId: tenant.id,
      invoiceId: invoice?.id ?? "",
      paymentMethodId: null,
      requestId: world.requestId(),
      reason: "A test",
    });
    await world.drain();
    expect(await newestInvoice()).toMatchObject({ status: "paid", paymentFailed: false });
    expect(await getSubscription(world.ctx, tenant.id)).toMatchObject({ status: "active" });
    for (const { id } of await world.db.prisma.webhookEvent.findMany({ where: { type: "invoice.payment_failed" } })) {
      await replayEvent(world.ctx, id);
    }
    await world.drain();
    expect(await letters()).toEqual(["payment_failed", "payment_reminder", "payment_recovered"]);
    await world.advance("20 days");
    expect(await letters()).toHaveLength(3);
  });
});
