/**
 * Takes one report of usage.
 *
 * Exact under concurrency: the event and the counter move in one statement under the counter's lock, so a hard limit is
 * never passed and a repeated key counts once; a value that `unique` has seen in the period counts nothing and is never
 * refused. A refused report leaves nothing behind.
 */
import { findPlanVersion, getCatalog, type Meter, type PlanVersion } from "../catalog";
import { allowanceOf } from "../catalog/rules";
import type { BillingContext } from "../context";
import { decimal } from "../kernel/decimal";
import { BillingError, invariant } from "../kernel/errors";
import { newId } from "../kernel/ids";
import { formatQuantity } from "../kernel/money";
import { getTenant } from "../tenants";
import type { RecordUsageInput, UsageRecorded } from "./model";
import { checkCountedValue, checkMetadata, checkUnit, findMeter, hardLimit, readQuantity } from "./rules";
import { openRunningPeriod } from "./running-period";
import { findPeriod, loadCounts } from "./store";
import { type AcceptedReport, countReport, findNewestOpenPeriod, findReport, type ReportTarget } from "./store-reports";

const ATTEMPT_LIMIT = 5;

type Target = ReportTarget & { endAt: Date };

/**
 * Records usage in the running period and answers with the meter's new quantity. The same key again answers as before and
 * counts nothing.
 *
 * Throws `usage.unknown_type`, `usage.invalid_quantity`, `usage.wrong_unit`, `usage.invalid_metadata`,
 * `usage.key_reused` when the key came with other content, and `usage.quota_exhausted` (kind `limit`) at a hard limit.
 */
export async function recordUsage(ctx: BillingContext, input: RecordUsageInput): Promise<UsageRecorded> {
  const [catalog, tenant, newest] = await Promise.all([
    getCatalog(ctx),
    getTenant(ctx, input.tenantId),
    findNewestOpenPeriod(ctx.db, input.tenantId),
  ]);
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const meter = findMeter(catalog, input.meterKey, newest && (await findPlanVersion(ctx, newest.planVersionId)));
  const report = readReport(input, meter, now);
  let target: Target | null = newest && newest.endAt > now ? newest : null;
  for (let attempt = 1; attempt <= ATTEMPT_LIMIT; attempt += 1) {
    target ??= await openRunningPeriod(ctx, tenant, now, [meter.key]);
    const plan = await findPlanVersion(ctx, target.planVersionId);
    const limited = { ...report, hardLimit: hardLimit(plan, meter.key) };
    const counted = await countReport(ctx.db, target, limited);
    if (counted.total !== null) return answer(limited, target, plan, counted.total);
    const duplicate = await findDuplicate(ctx, limited);
    if (duplicate) return duplicate;
    if (counted.before !== null) {
      // Whether a value was seen is read as of the statement's start; a second look sees those that came while it waited.
      if (meter.aggregation === "unique" && attempt === 1) continue;
      throw quotaExhausted(limited, target, plan, meter, counted.before);
    }
    // The period was closed or given other terms since it was read, or the meter is new to it: look again.
    target = null;
  }
  const message = "The billing period is changing just now. Send the report again.";
  throw new BillingError("conflict", "operation.in_progress", message, { retryable: true });
}

function readReport(input: RecordUsageInput, meter: Meter, now: Date): AcceptedReport {
  const quantity = readQuantity(input.quantity, meter.aggregation);
  checkUnit(input.unit, meter);
  checkMetadata(input.metadata);
  checkCountedValue(input.metadata, meter);
  if (input.key !== null && !/^[^\p{Cc}\p{Surrogate}]{1,255}$/u.test(input.key)) {
    const message = "The key of a report has 1 to 255 characters, none of them a control character.";
    throw new BillingError("invalid", "request.invalid", message, { details: { field: "key" } });
  }
  return {
    tenantId: input.tenantId,
    key: input.key ?? newId("use"),
    meterKey: meter.key,
    aggregation: meter.aggregation,
    uniqueProperty: meter.uniqueProperty,
    quantity: quantity.toFixed(),
    unit: input.unit === null ? null : meter.unitPlural,
    occurredAt: now,
    metadata: JSON.stringify(input.metadata),
    hardLimit: null,
  };
}

function answer(report: AcceptedReport, target: Target, plan: PlanVersion, total: string): UsageRecorded {
  return {
    key: report.key,
    duplicate: false,
    meterKey: report.meterKey,
    quantity: report.quantity,
    occurredAt: report.occurredAt,
    periodStartAt: target.startAt,
    periodEndAt: target.endAt,
    totalQuantity: decimal(total).toFixed(),
    includedQuantity: allowanceOf(plan.terms, report.meterKey).included,
  };
}

async function findDuplicate(ctx: BillingContext, report: AcceptedReport): Promise<UsageRecorded | null> {
  const seen = await findReport(ctx.db, report);
  if (!seen) return null;
  if (!seen.isSame) {
    const message = `The key "${report.key}" was used for another report. Use a new key for new usage.`;
    throw new BillingError("conflict", "usage.key_reused", message, { details: { key: report.key } });
  }
  const period = await findPeriod(ctx.db.prisma, report.tenantId, seen.periodStartAt);
  invariant(period, "a report that was counted has its period");
  const counts = await loadCounts(ctx.db.prisma, report.tenantId, seen.periodStartAt);
  const total = counts.find((count) => count.meterKey === report.meterKey)?.quantity;
  invariant(total !== undefined, "a report that was counted has moved its counter");
  const plan = await findPlanVersion(ctx, period.planVersionId);
  return { ...answer(report, period, plan, total), duplicate: true, occurredAt: seen.occurredAt };
}

function quotaExhausted(
  report: AcceptedReport,
  target: Target,
  plan: PlanVersion,
  meter: Meter,
  used: string,
): BillingError {
  const included = formatQuantity(report.hardLimit ?? "0");
  const more = meter.aggregation === "unique" ? "a new one does" : `${formatQuantity(report.quantity)} more do`;
  const message =
    `The ${plan.name} plan includes ${included} ${meter.unitPlural}; ${formatQuantity(used)} are used, and ` +
    `${more} not fit. A larger plan lifts the limit.`;
  return new BillingError("limit", "usage.quota_exhausted", message, {
    details: {
      usageType: meter.key,
      used: decimal(used).toFixed(),
      included: report.hardLimit,
      quantity: report.quantity,
      resetsAt: target.endAt.toISOString(),
    },
  });
}
