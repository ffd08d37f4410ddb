/**
 * The free plan's month is one, however many parts it has.
 *
 *   free          [ 1 Nov ── 10 Nov )                           8 of 10 used
 *   paid                     [ 10 Nov ──── 20 Nov )             counts for itself
 *   free again                             [ 20 Nov ── 1 Dec )  goes on at 8 of 10
 *
 * Owns what a part of a calendar month on the free plan begins with. Without it, a plan that is paid for a day and given
 * back would grant what is included anew, as often as somebody likes. What was used under a paid plan is not carried: it was
 * paid for. A meter that shows its last value has nothing to carry: the next report says it.
 */
import type { DatabaseTransaction } from "@/db/transaction";
import { calendarMonth } from "../kernel/period";
import type { UsagePeriod } from "./model";

/**
 * What each of these meters had come to when the part of the month before this one stopped; empty for a paid period and for
 * the month's first part. Values that a `unique` meter has seen stay seen. Called once per counter, when it is opened.
 */
export async function carryFreeMonth(
  tx: DatabaseTransaction,
  period: Pick<UsagePeriod, "tenantId" | "startAt" | "subscriptionId">,
  meterKeys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { tenantId, startAt, subscriptionId } = period;
  const { startAt: monthStartAt } = calendarMonth(startAt);
  if (subscriptionId !== null || +startAt === +monthStartAt) return new Map();
  const before = await tx.usagePeriod.findFirst({
    where: { tenantId, subscriptionId: null, startAt: { gte: monthStartAt, lt: startAt } },
    orderBy: { startAt: "desc" },
    select: { startAt: true },
  });
  if (before === null) return new Map();
  const keys = [...meterKeys];
  await tx.$executeRaw`
    insert into usage_unique_values (tenant_id, period_start_at, meter_key, value, key)
    select tenant_id, ${startAt}, meter_key, value, key from usage_unique_values
    where tenant_id = ${tenantId} and period_start_at = ${before.startAt} and meter_key = any(${keys})
    on conflict do nothing`;
  const rows = await tx.$queryRaw<Array<{ meterKey: string; quantity: string }>>`
    select c.meter_key as "meterKey", c.quantity::text as quantity
    from usage_counters c join meters m on m.key = c.meter_key
    where c.tenant_id = ${tenantId} and c.period_start_at = ${before.startAt} and c.meter_key = any(${keys})
      and m.aggregation <> 'last'`;
  return new Map(rows.map(({ meterKey, quantity }) => [meterKey, quantity]));
}
