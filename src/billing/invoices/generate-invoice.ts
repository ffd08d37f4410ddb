/** Billing the running period's overage before its end, because somebody asked. */
import { inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { carryOut } from "../operations";
import { loadHoldings } from "../subscriptions";
import { resolveTenant, type Tenant } from "../tenants";
import { chargeRunningPeriod, findRunningPeriod, ratePeriod } from "../usage";
import { issueCharges } from "./issue-charges";
import { getInvoice } from "./list-invoices";
import type { GenerateInvoiceInput, InvoiceDetail } from "./model";
import { convergeInvoice } from "./sync";

interface GeneratePlan {
  stripeSubscriptionId: string;
  periodEndAt: Date;
  /** Frozen, because the invoice's number has the month of this instant. */
  now: Date;
}

/**
 * Bills the overage of the running period that no invoice has billed yet, as an invoice of its own, and collects it. What is
 * used afterwards is billed by the renewal; nothing is billed twice. Throws `invoice.nothing_to_bill` when there is none.
 */
export async function generateInvoice(ctx: BillingContext, input: GenerateInvoiceInput): Promise<InvoiceDetail> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { requestId, reason } = input;
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const request = { tenantId: tenant.id, requestId, reason, kind: "invoice.generate", now } as const;
  const { outcome } = await carryOut<GeneratePlan, { number: string }, Issued>(ctx, request, {
    decide: () => decide(ctx, tenant, now),
    act: async ({ id, plan }) => {
      const charges = await inTransaction(ctx.db, (tx) =>
        chargeRunningPeriod(tx, { tenantId: tenant.id, operationId: id, now: plan.now }),
      );
      if (charges.length === 0) throw nothingToBill();
      const { periodEndAt, stripeSubscriptionId } = plan;
      const ended = charges.map((charge) => ({ ...charge, periodEndAt }));
      const issue = { key: id, stripeSubscriptionId, charges: ended, now: plan.now, note: null };
      const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
      const record = await issueCharges(ctx, tenant, issue);
      return { outcome: { number: record.number ?? "" }, facts: { record, sourceAt } };
    },
    record: async (tx, _operation, { record, sourceAt }, { number }) => {
      await convergeInvoice(tx, ctx, record, { actor: ctx.actor, reason, sourceAt });
      const details = { number, totalMinor: Number(record.totalMinor), status: record.status };
      const target = `invoice:${record.stripeInvoiceId ?? number}`;
      const entry = { actor: ctx.actor, action: "invoice.generate", target, reason, details };
      await recordAudit(tx, { tenantId: tenant.id, occurredAt: sourceAt, ...entry });
    },
  });
  return getInvoice(ctx, { tenantId: tenant.id, invoiceId: outcome.number });
}

interface Issued {
  record: InvoiceRecord;
  sourceAt: Date;
}

async function decide(ctx: BillingContext, tenant: Tenant, now: Date): Promise<GeneratePlan> {
  const { live } = await loadHoldings(ctx, tenant.id);
  if (live === null) throw nothingToBill();
  const period = await findRunningPeriod(ctx, tenant, now);
  const owed = await ratePeriod(ctx.db.prisma, tenant.id, period.startAt);
  if (!owed.some((rated) => rated.amountMinor > 0n)) throw nothingToBill();
  return { stripeSubscriptionId: live.stripeSubscriptionId, periodEndAt: period.endAt, now };
}

function nothingToBill(): BillingError {
  return new BillingError(
    "precondition",
    "invoice.nothing_to_bill",
    "Nothing has been used beyond the plan that is not billed yet.",
  );
}
