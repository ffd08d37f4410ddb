/**
 * Bank accounts on their way to be payment methods: which ones wait, telling what the deposits were, giving one up.
 *
 * Owns no proof: Stripe makes the deposits and judges the answers, of which it takes ten. What is verified becomes a payment
 * method like any other.
 */
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { knownAdvice } from "../kernel/declines";
import { BillingError } from "../kernel/errors";
import { addDays } from "../kernel/period";
import { carryOut, type OperationBeats } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import type { AbandonBankAccountInput, BankVerificationView, VerifyBankAccountInput } from "./model";
import { verificationNotFound } from "./refusals";
import { findVerifications } from "./store";
import { syncPaymentMethods } from "./sync-payment-methods";

/** Stripe takes answers for ten days after the account was entered. */
const DAYS_TO_ANSWER = 10;

/** The bank accounts of a tenant that are not verified, the newest first. */
export async function listBankVerifications(ctx: BillingContext, tenantId: string): Promise<BankVerificationView[]> {
  const tenant = await resolveTenant(ctx, tenantId);
  return (await findVerifications(ctx.db.prisma, tenant.id)).map((row) => ({
    stripeSetupIntentId: row.stripeSetupIntentId,
    state: row.state,
    bankName: row.bankName,
    last4: row.last4,
    depositType: row.depositType === "amounts" || row.depositType === "descriptor_code" ? row.depositType : null,
    arrivesAt: row.arrivesAt,
    expiresAt: addDays(row.createdAt, DAYS_TO_ANSWER),
    advice: row.state === "failed" ? knownAdvice(row.failureCode, null) : null,
    createdAt: row.createdAt,
  }));
}

/** Reads from Stripe what became of an account that was just entered. */
export async function refreshBankVerifications(ctx: BillingContext, tenantId: string): Promise<BankVerificationView[]> {
  const tenant = await resolveTenant(ctx, tenantId);
  await syncPaymentMethods(ctx, tenant.id);
  return listBankVerifications(ctx, tenant.id);
}

/**
 * Proves an account by what its holder read off the statement. Throws `payment.verification_failed` for a wrong answer, of
 * which there are ten, and `payment.verification_not_found` for an account that does not wait.
 */
export function verifyBankAccount(ctx: BillingContext, input: VerifyBankAccountInput): Promise<BankVerificationView[]> {
  const { answer } = input;
  return change(ctx, input, "payment_method.verify", (id, key) => {
    const asked =
      "amountsMinor" in answer ? { amountsMinor: answer.amountsMinor } : { descriptorCode: answer.descriptorCode };
    return ctx.stripe.verifyBankAccount(id, asked, `${key}:verify`);
  });
}

/** Gives an account up that is not verified; it can be entered again. */
export function abandonBankAccount(
  ctx: BillingContext,
  input: AbandonBankAccountInput,
): Promise<BankVerificationView[]> {
  return change(ctx, input, "payment_method.abandon", (id, key) => ctx.stripe.abandonSetup(id, `${key}:abandon`));
}

async function change(
  ctx: BillingContext,
  input: AbandonBankAccountInput,
  kind: string,
  act: (setupIntentId: string, key: string) => Promise<void>,
): Promise<BankVerificationView[]> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason, setupIntentId } = input;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const beats: OperationBeats<{ setupIntentId: string }, null, null> = {
    decide: () => decide(ctx, tenant, setupIntentId),
    act: async ({ id, plan }) => {
      await act(plan.setupIntentId, id);
      return { outcome: null, facts: null };
    },
    record: (tx, { plan }) => {
      const target = `setup_intent:${plan.setupIntentId}`;
      const entry = { occurredAt: now, actor: ctx.actor, action: kind, target, reason, details: {} };
      return recordAudit(tx, { tenantId: tenant.id, ...entry });
    },
  };
  try {
    await carryOut(ctx, { tenantId: tenant.id, requestId, reason, kind, now }, beats);
  } catch (error) {
    // The tenth wrong answer ends it, which the list must show at once.
    if (error instanceof BillingError && error.code === "payment.verification_failed") {
      await syncPaymentMethods(ctx, tenant.id);
    }
    throw error;
  }
  await syncPaymentMethods(ctx, tenant.id);
  return listBankVerifications(ctx, tenant.id);
}

async function decide(ctx: BillingContext, tenant: Tenant, setupIntentId: string): Promise<{ setupIntentId: string }> {
  const isIt = (row: { stripeSetupIntentId: string }) => row.stripeSetupIntentId === setupIntentId;
  if ((await findVerifications(ctx.db.prisma, tenant.id)).some(isIt)) return { setupIntentId };
  await syncPaymentMethods(ctx, tenant.id);
  if ((await findVerifications(ctx.db.prisma, tenant.id)).some(isIt)) return { setupIntentId };
  throw verificationNotFound();
}
