/** What operators do about a case: try to collect now, or let it be. */
import { inTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { payInvoice } from "../invoices";
import { BillingError } from "../kernel/errors";
import { getTenant } from "../tenants";
import { followInvoice } from "./follow-invoice";
import { getCase } from "./list-cases";
import type { DunningCase, DunningCaseDetail, DunningCaseInput, DunningEventKind } from "./model";
import type { TellTenant } from "./notice";
import { isMoving } from "./rules/timeline";
import { appendEvent, findCase, lockCase, saveCase } from "./store";

/**
 * Tries to collect the invoice now, with the default payment method. Paid, the case recovers at once; a declined card throws
 * `declined`, and the try stands in the history with what the bank said. The same request never tries twice.
 */
export async function retryCase(
  ctx: BillingContext,
  tell: TellTenant,
  input: DunningCaseInput,
): Promise<DunningCaseDetail> {
  const found = await caseOrRefusal(ctx, input);
  const { tenantId, requestId, reason } = input;
  const pay = { tenantId, invoiceId: found.invoiceNumber, paymentMethodId: null, requestId, reason };
  try {
    await payInvoice(ctx, pay);
    await write(ctx, found, "retried", `${reason}. Paid.`);
  } catch (error) {
    if (error instanceof BillingError && error.kind === "declined") {
      await write(ctx, found, "retried", `${reason}. ${error.message}`);
    }
    throw error;
  }
  const record = await ctx.stripe.fetchInvoice(found.stripeInvoiceId);
  if (record) await followInvoice(ctx, tell, { tenant: await getTenant(ctx, tenantId), record });
  return getCase(ctx, input);
}

/**
 * Stops a case: no more letters, and the plan is not taken away. Stripe's own retries go on, and the invoice stays to be
 * paid. Throws `dunning.closed` for a case that has ended.
 */
export async function stopCase(ctx: BillingContext, input: DunningCaseInput): Promise<DunningCaseDetail> {
  const found = await caseOrRefusal(ctx, input);
  const { stripeTestClockId } = await getTenant(ctx, input.tenantId);
  const now = ctx.clock.now(stripeTestClockId);
  await inTransaction(ctx.db, async (tx) => {
    await lockCase(tx, found.stripeInvoiceId);
    const known = await findCase(tx, input.tenantId, input.caseId);
    if (known === null || !isMoving(known.stage)) throw closed(found);
    await saveCase(tx, { ...known, stage: "stopped", nextStepAt: null, closedAt: now });
    await writeIn(tx, ctx, { found: known, kind: "stopped", reason: input.reason, now });
  });
  return getCase(ctx, input);
}

async function caseOrRefusal(ctx: BillingContext, input: DunningCaseInput): Promise<DunningCase> {
  const found = await findCase(ctx.db.prisma, input.tenantId, input.caseId);
  if (found === null) throw new BillingError("not_found", "dunning.not_found", "There is no such case.");
  if (found.stage === "recovered" || found.stage === "stopped") throw closed(found);
  return found;
}

function closed({ stage }: DunningCase): BillingError {
  const message = stage === "recovered" ? "The invoice has been paid." : "This case has ended already.";
  return new BillingError("conflict", "dunning.closed", message, { details: { stage } });
}

async function write(ctx: BillingContext, found: DunningCase, kind: DunningEventKind, reason: string): Promise<void> {
  const { stripeTestClockId } = await getTenant(ctx, found.tenantId);
  const now = ctx.clock.now(stripeTestClockId);
  await inTransaction(ctx.db, async (tx) => {
    await lockCase(tx, found.stripeInvoiceId);
    await writeIn(tx, ctx, { found, kind, reason, now });
  });
}

async function writeIn(
  tx: Parameters<typeof appendEvent>[0],
  ctx: BillingContext,
  { found, kind, reason, now }: { found: DunningCase; kind: DunningEventKind; reason: string; now: Date },
): Promise<void> {
  const { tenantId, id: caseId } = found;
  const { actor } = ctx;
  await appendEvent(tx, { tenantId, caseId, occurredAt: now, kind, actor, reason });
  const entry = { action: `dunning.${kind}`, target: `dunning:${caseId}`, reason, details: {} };
  await recordAudit(tx, { tenantId, occurredAt: now, actor, ...entry });
}
