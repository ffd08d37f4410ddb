/**
 * Turns overage into charges: at the end of a period, or while it runs.
 *
 * Owns that nothing is billed twice: charges are written under the period's lock, rated against what earlier charges have
 * billed, and one operation charges a meter of a period once, however often it is retried.
 */
import type { DatabaseTransaction } from "@/db/transaction";
import { loadMeters } from "../catalog";
import { invariant } from "../kernel/errors";
import { newId } from "../kernel/ids";
import { contains } from "../kernel/period";
import type { OverageCharge, RatedOverage, UsagePeriod } from "./model";
import { openPeriod, placePeriod } from "./periods";
import { ratePeriod } from "./rate-period";
import {
  ensurePeriodRow,
  insertCharges,
  loadCharges,
  loadPeriodsInPlay,
  lockPeriod,
  lockPeriods,
  lockTerms,
  markPeriodClosed,
  putChargePlace,
} from "./store";

/** Stripe's clock may run ahead of ours by so much when its renewal draft asks for the period's close. */
const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * Freezes an ended period and writes what it still owes. Reports that were on their way are counted first, later ones fall
 * into the next period, which is opened here. The same operation gets the same charges again; another operation finds the
 * period closed and gets none.
 */
export async function closePeriod(
  tx: DatabaseTransaction,
  input: { tenantId: string; periodStartAt: Date; operationId: string; now: Date },
): Promise<OverageCharge[]> {
  const { tenantId, periodStartAt, operationId, now } = input;
  const terms = await lockTerms(tx, tenantId);
  const period = await lockPeriod(tx, tenantId, periodStartAt);
  invariant(terms && period, `tenant ${tenantId} has a period that starts at ${periodStartAt.toISOString()}`);
  if (period.status === "open") {
    invariant(+now >= +period.endAt - CLOCK_SKEW_MS, "only a period that has ended is closed");
    await writeCharges(tx, input, period, await ratePeriod(tx, tenantId, periodStartAt));
    await markPeriodClosed(tx, period, now);
    const next = openPeriod(terms, placePeriod(terms, await loadPeriodsInPlay(tx, tenantId), period.endAt));
    await ensurePeriodRow(tx, next, await meterKeys(tx));
  }
  return inCatalogOrder(tx, await loadCharges(tx, { tenantId, operationId, periodStartAt }));
}

/**
 * Writes what the running period owes so far and leaves it open. What rounds to nothing is left for later, so that billing
 * often never bills less. The same operation gets the same charges again.
 */
export async function chargeRunningPeriod(
  tx: DatabaseTransaction,
  input: { tenantId: string; operationId: string; now: Date },
): Promise<OverageCharge[]> {
  const { tenantId, operationId, now } = input;
  await lockTerms(tx, tenantId);
  const open = await lockPeriods(tx, tenantId);
  const written = await loadCharges(tx, { tenantId, operationId });
  if (written.length > 0) return inCatalogOrder(tx, written);
  const running = open.find((period) => period.status === "open" && contains(period, now));
  if (!running) return [];
  const owed = (await ratePeriod(tx, tenantId, running.startAt)).filter((rated) => rated.amountMinor > 0n);
  await writeCharges(tx, input, running, owed);
  return inCatalogOrder(tx, await loadCharges(tx, { tenantId, operationId }));
}

/** Notes the invoice item that Stripe made of a charge, and the invoice it is on. */
export async function attachCharge(
  tx: DatabaseTransaction,
  place: { tenantId: string; chargeId: string; stripeInvoiceItemId: string | null; stripeInvoiceId: string | null },
): Promise<void> {
  await putChargePlace(tx, place);
}

/** The charges with these ids, in catalog order; ids of other tenants find nothing. */
export async function findCharges(
  tx: DatabaseTransaction,
  tenantId: string,
  ids: readonly string[],
): Promise<OverageCharge[]> {
  return inCatalogOrder(tx, await loadCharges(tx, { tenantId, ids }));
}

async function writeCharges(
  tx: DatabaseTransaction,
  input: { operationId: string; now: Date },
  period: UsagePeriod,
  owed: readonly RatedOverage[],
): Promise<void> {
  await insertCharges(
    tx,
    owed.map((rated) => ({
      ...rated,
      id: newId("chg"),
      tenantId: period.tenantId,
      periodStartAt: period.startAt,
      operationId: input.operationId,
      stripeInvoiceItemId: null,
      stripeInvoiceId: null,
      createdAt: input.now,
    })),
  );
}

async function inCatalogOrder(tx: DatabaseTransaction, charges: OverageCharge[]): Promise<OverageCharge[]> {
  const { inForce, retired } = await loadMeters(tx);
  const keys = [...inForce, ...retired].map((meter) => meter.key);
  return charges.sort(
    (a, b) => +a.periodStartAt - +b.periodStartAt || keys.indexOf(a.meterKey) - keys.indexOf(b.meterKey),
  );
}

async function meterKeys(tx: DatabaseTransaction): Promise<string[]> {
  const { inForce } = await loadMeters(tx);
  return inForce.map((meter) => meter.key);
}
