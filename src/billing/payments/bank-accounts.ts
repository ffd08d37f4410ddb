/**
 * Bank accounts on their way to be payment methods: which ones wait, telling what the deposits were, giving one up.
 *
 * Owns no proof: Stripe makes the deposits and judges the answers, of which it takes ten. What is verified becomes a payment
 * method like any other.
 */
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { knownAdvice } from "../kernel/declines";
import { BillingError, invariant } from "../kernel/errors";
import { addDays } from "../kernel/period";
import { carryOut, interrupted, type OperationBeats } from "../operations";
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

/**
 * Finishes what a crash interrupted. The answer about the deposits was not kept, so a proof that Stripe has not heard of is
 * given up (`operation.interrupted`): the account still waits, and its holder answers again.
 */
export async function keepPromisedAccount(ctx: BillingContext, promise: PromisedAccount): Promise<void> {
  const { kind } = promise;
  await change(ctx, promise, kind, async (setupIntentId, key, tenant) => {
    if (kind === "payment_method.abandon") return ctx.stripe.abandonSetup(setupIntentId, `${key}:abandon`);
    await syncPaymentMethods(ctx, tenant.id);
    const waiting = await findVerifications(ctx.db.prisma, tenant.id);
    if (waiting.some((row) => row.stripeSetupIntentId === setupIntentId)) throw interrupted();
  });
}

/** The kinds of this file's operations. */
export const ACCOUNT_KINDS = ["payment_method.verify", "payment_method.abandon"] as const;
type AccountKind = (typeof ACCOUNT_KINDS)[number];

interface AccountRequest {
  tenantId: string;
  requestId: string;
  reason: string;
  /** Not known of a promise that is kept after a crash; it is in its plan. */
  setupIntentId?: string;
}

interface PromisedAccount extends Omit<AccountRequest, "setupIntentId"> {
  kind: AccountKind;
}

async function change(
  ctx: BillingContext,
  input: AccountRequest,
  kind: AccountKind,
  act: (setupIntentId: string, key: string, tenant: Tenant) => Promise<void>,
): Promise<BankVerificationView[]> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason, setupIntentId } = input;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const beats: OperationBeats<{ setupIntentId: string }, null, null> = {
    decide: () => decide(ctx, tenant, setupIntentId),
    act: async ({ id, plan }) => {
      await act(plan.setupIntentId, id, tenant);
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

async function decide(
  ctx: BillingContext,
  tenant: Tenant,
  setupIntentId: string | undefined,
): Promise<{ setupIntentId: string }> {
  invariant(setupIntentId !== undefined, "an interrupted change has a stored plan");
  const isIt = (row: { stripeSetupIntentId: string }) => row.stripeSetupIntentId === setupIntentId;
  if ((await findVerifications(ctx.db.prisma, tenant.id)).some(isIt)) return { setupIntentId };
  await syncPaymentMethods(ctx, tenant.id);
  if ((await findVerifications(ctx.db.prisma, tenant.id)).some(isIt)) return { setupIntentId };
  throw verificationNotFound();
}
