/** Puts a tenant's usage under other terms: the moment at which a plan begins, changes or ends. */
import type { DatabaseTransaction } from "@/db/transaction";
import { loadMeters } from "../catalog";
import type { EnterTermsInput } from "./model";
import { changeTerms, termsOf } from "./periods";
import { insertTerms, lockPeriods, lockTerms, putPeriod, putTerms } from "./store";

/**
 * From `effectiveAt` on these terms hold. A plan change inside the same subscription and month takes over the running
 * period with all its usage; otherwise the running period ends there and stays open until it is billed. Entering the same
 * terms again changes nothing.
 */
export async function enterTerms(tx: DatabaseTransaction, input: EnterTermsInput): Promise<void> {
  const isFirst = await insertTerms(tx, termsOf(input));
  const old = await lockTerms(tx, input.tenantId);
  const change = changeTerms(isFirst ? null : old, input, await lockPeriods(tx, input.tenantId));
  await putTerms(tx, change.terms);
  const { inForce } = await loadMeters(tx);
  for (const period of inWritingOrder(change.periods))
    await putPeriod(
      tx,
      period,
      inForce.map((meter) => meter.key),
    );
}

/** Shortened periods first, so that at no moment two periods overlap. */
function inWritingOrder<P extends { startAt: Date }>(periods: readonly P[]): P[] {
  return [...periods].sort((a, b) => +a.startAt - +b.startAt);
}
