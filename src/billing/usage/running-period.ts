/**
 * The period a tenant's usage falls into at an instant: found, or opened by the terms in force.
 *
 * Periods are opened when somebody looks for them, not by a timer, so a report never waits for a job that is late.
 */
import { inTransaction } from "@/db/transaction";
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { invariant } from "../kernel/errors";
import type { Tenant } from "../tenants";
import type { UsagePeriod, UsageTerms } from "./model";
import { freeTerms, openPeriod, placePeriod } from "./periods";
import { ensurePeriodRow, findTerms, insertTerms, loadPeriodsInPlay, lockTerms } from "./store";

/** The terms a tenant is under: those it entered, or the free plan. Reads only. */
export async function currentTerms(ctx: Pick<BillingContext, "db">, tenant: Tenant): Promise<UsageTerms> {
  const entered = await findTerms(ctx.db.prisma, tenant.id);
  return entered ?? freeTerms(tenant, (await getCatalog(ctx)).freePlan.id);
}

/** The running period as it is or as it would be opened. Reads only. */
export async function findRunningPeriod(
  ctx: Pick<BillingContext, "db">,
  tenant: Tenant,
  at: Date,
): Promise<UsagePeriod> {
  const terms = await currentTerms(ctx, tenant);
  const known = await loadPeriodsInPlay(ctx.db.prisma, tenant.id);
  return placed(terms, known, at);
}

/** The running period, opened if need be, with a counter for each of these meters. */
export async function openRunningPeriod(
  ctx: Pick<BillingContext, "db">,
  tenant: Tenant,
  at: Date,
  meterKeys: readonly string[],
): Promise<UsagePeriod> {
  const catalog = await getCatalog(ctx);
  const keys = new Set([...catalog.meters.map((meter) => meter.key), ...meterKeys]);
  return inTransaction(ctx.db, async (tx) => {
    await insertTerms(tx, freeTerms(tenant, catalog.freePlan.id));
    const terms = await lockTerms(tx, tenant.id);
    invariant(terms, "terms that were written can be read");
    const period = placed(terms, await loadPeriodsInPlay(tx, tenant.id), at);
    await ensurePeriodRow(tx, period, [...keys]);
    return period;
  });
}

function placed(terms: UsageTerms, known: readonly UsagePeriod[], at: Date): UsagePeriod {
  const span = placePeriod(terms, known, at);
  const running = known.find((period) => period.status === "open" && +period.startAt === +span.startAt);
  return running ?? openPeriod(terms, span);
}
