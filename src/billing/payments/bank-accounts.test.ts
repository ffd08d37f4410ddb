/** Bank accounts on their way to be payment methods: told back right and wrong, too often, never arrived, given up. */
import { describe, expect, it } from "vitest";
import { enterBankAccount } from "@/testing/bank-account";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import type { Tenant } from "../tenants";
import {
  abandonBankAccount,
  addPaymentMethod,
  getPaymentAttention,
  listBankVerifications,
  listPaymentMethods,
  processPayment,
  verifyBankAccount,
} from ".";

const world = shareWorld();

const enter = (tenant: Tenant, account?: string) => enterBankAccount(world, tenant, account);

const verify = (tenant: Tenant, setupIntentId: string, answer: Parameters<typeof verifyBankAccount>[1]["answer"]) =>
  verifyBankAccount(world.ctx, {
    ...{ tenantId: tenant.id, setupIntentId, answer, requestId: world.requestId(), reason: "A test" },
  });

const logged = async (tenant: Tenant) =>
  (await listAudit(world.ctx, { tenantId: tenant.id, limit: 20 })).flatMap(({ action, target, reason }) =>
    target.startsWith("setup_intent:") ? [`${action} ${target} ${reason}`] : [],
  );

describe("a bank account", () => {
  it("waits, is told wrong, is told right, and is charged", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const id = await enter(tenant);
    expect(await listPaymentMethods(world.ctx, tenant.id)).toEqual([]);
    const [waiting] = await listBankVerifications(world.ctx, tenant.id);
    expect(waiting).toMatchObject({
      ...{ stripeSetupIntentId: id, state: "pending", last4: "6789", depositType: "descriptor_code", advice: null },
      ...{ arrivesAt: new Date("2026-01-16T10:00:00Z"), expiresAt: new Date("2026-01-25T10:00:00Z") },
    });
    expect(await getPaymentAttention(world.ctx, tenant.id)).toEqual({ expiring: null, unverifiedCount: 1 });
    await expect(verify(tenant, id, { amountsMinor: [10, 11] })).rejects.toMatchObject({
      ...{ kind: "invalid", code: "payment.verification_failed", message: expect.stringContaining("amounts") },
    });
    expect(await verify(tenant, id, { descriptorCode: "SM11AA" })).toEqual([]);
    const [method] = await listPaymentMethods(world.ctx, tenant.id);
    expect(method).toMatchObject({
      type: "us_bank_account",
      brand: null,
      last4: "6789",
      isDefault: true,
      expiry: null,
    });
    expect(method?.bankName).toEqual(expect.any(String));
    const { payment } = await processPayment(world.ctx, {
      ...{ tenantId: tenant.id, amountMinor: 5_000n, currency: "usd", description: "By debit", paymentMethodId: null },
      ...{ onSession: false, requestId: world.requestId(), reason: "A test" },
    });
    expect(payment.status).toBe("processing");
    await world.drain();
    expect(await logged(tenant)).toEqual([`payment_method.verify setup_intent:${id} A test`]);
  });

  it("whose deposits never arrive fails with advice, and is dismissed", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const id = await enter(tenant, "000666666661");
    await world.advance("2 days", tenant);
    expect(await listBankVerifications(world.ctx, tenant.id)).toMatchObject([
      { state: "failed", last4: "6661", depositType: null, advice: expect.stringContaining("could not be made") },
    ]);
    const request = { tenantId: tenant.id, setupIntentId: id, requestId: world.requestId(), reason: "A test" };
    expect(await abandonBankAccount(world.ctx, request)).toEqual([]);
  });

  it("that is told wrong ten times is over", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const id = await enter(tenant);
    for (let attempt = 1; attempt < 10; attempt += 1) {
      await expect(verify(tenant, id, { descriptorCode: "SM99ZZ" })).rejects.toThrow("not the code");
    }
    await expect(verify(tenant, id, { descriptorCode: "SM99ZZ" })).rejects.toThrow("Too many wrong answers");
    expect(await listBankVerifications(world.ctx, tenant.id)).toMatchObject([{ state: "failed", last4: "6789" }]);
    await world.drain();
  });

  it("of another tenant does not exist", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const id = await enter(tenant);
    const other = await world.tenant();
    for (const act of [
      () => verify(other, id, { descriptorCode: "SM11AA" }),
      () =>
        abandonBankAccount(world.ctx, {
          ...{ tenantId: other.id, setupIntentId: id, requestId: world.requestId(), reason: "A test" },
        }),
    ]) {
      await expect(act()).rejects.toMatchObject({ kind: "not_found", code: "payment.verification_not_found" });
    }
  });
});

describe("a card that ends soon", () => {
  it("is flagged in the list, and pointed out when it is the one that is charged", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const wish = { tenantId: tenant.id, requestId: world.requestId(), reason: "A test", makeDefault: true };
    const [card] = await addPaymentMethod(world.ctx, { ...wish, paymentMethodId: "pm_card_visa" });
    expect(card).toMatchObject({ expiry: null });
    const endOf = new Date(Date.UTC(card?.expiryYear ?? 0, card?.expiryMonth ?? 0, 1));
    const days = (count: number) => new Date(endOf.getTime() - count * 86_400_000);
    for (const [before, expiry] of [
      [45, "within_60_days"],
      [10, "within_30_days"],
      [-1, "expired"],
    ] as const) {
      await world.advance(days(before), tenant);
      const [aged] = await listPaymentMethods(world.ctx, tenant.id);
      expect(aged?.expiry).toBe(expiry);
      expect((await getPaymentAttention(world.ctx, tenant.id)).expiring?.expiry).toBe(expiry);
    }
  });
});
