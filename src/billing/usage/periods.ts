/**
 * Where a period begins and ends, and what entering other terms does to the periods there are. Pure.
 *
 * A tenant's periods never overlap. They are counted from the anchor of its terms and cut where terms begin or end:
 *
 *   free        [ 1 Nov ───── 19 Nov )                       cut: the clock closes it
 *   paid                      [ 19 Nov ─────────── 19 Dec )  the renewal draft closes it
 *   free again                                     [ 19 Dec ── 1 Jan )
 */
import { anchoredMonth, calendarMonth, contains, type Period } from "../kernel/period";
import type { EnterTermsInput, PeriodCloser, UsagePeriod, UsageTerms } from "./model";

/** Calendar months in UTC, counted from an instant that starts one. */
export const CALENDAR_ANCHOR_AT = new Date(Date.UTC(2000, 0, 1));

/** The terms of a tenant that has never entered any: the free plan, since the month in which it was made. */
export function freeTerms(tenant: { id: string; createdAt: Date }, freePlanVersionId: string): UsageTerms {
  return {
    tenantId: tenant.id,
    planVersionId: freePlanVersionId,
    subscriptionId: null,
    anchorAt: CALENDAR_ANCHOR_AT,
    effectiveAt: calendarMonth(tenant.createdAt).startAt,
    closedBy: "clock",
  };
}

/** The terms that an input asks for. */
export function termsOf(input: EnterTermsInput): UsageTerms {
  const { interval, ...terms } = input;
  const isFree = terms.subscriptionId === null;
  return {
    ...terms,
    anchorAt: isFree ? CALENDAR_ANCHOR_AT : terms.anchorAt,
    closedBy: isFree || interval === "year" ? "clock" : "renewal",
  };
}

/**
 * The span of the period that contains an instant, or that begins first after it when the instant lies in a closed one or
 * before: a report that comes late counts in the running period. `known` are the open periods and the newest closed one;
 * what lies before that may be closed as well, so nothing is ever opened there.
 */
export function placePeriod(terms: UsageTerms, known: readonly UsagePeriod[], at: Date): Period {
  const sorted = inOrder(known);
  let from = latest(at, terms.effectiveAt);
  for (const period of sorted) if (period.status === "closed" && from < period.endAt) from = period.endAt;
  const running = sorted.find((period) => period.status === "open" && contains(period, from));
  if (running) return { startAt: running.startAt, endAt: running.endAt };
  const month = anchoredMonth(terms.anchorAt, from);
  const before = sorted.filter((period) => period.endAt <= from).at(-1);
  const after = sorted.find((period) => period.startAt > from);
  return {
    startAt: latest(month.startAt, terms.effectiveAt, before?.endAt),
    endAt: after && after.startAt < month.endAt ? after.startAt : month.endAt,
  };
}

/** A period of these terms, open, over a span. */
export function openPeriod(terms: UsageTerms, span: Period): UsagePeriod {
  const { tenantId, planVersionId, subscriptionId, closedBy } = terms;
  return { tenantId, ...span, planVersionId, subscriptionId, status: "open", closedBy, closedAt: null };
}

/** What entering terms writes: the terms, and the periods that are new or other than before. */
export interface TermsChange {
  terms: UsageTerms;
  periods: UsagePeriod[];
}

/**
 * Enters terms at their effective instant.
 *
 * Another plan inside the same subscription and month takes over the running period and its usage. Otherwise the running
 * period ends there and stays open until it is billed, periods that were opened ahead take the new terms, and the period
 * that contains the instant begins. `known` are the open periods and the newest closed one.
 */
export function changeTerms(
  old: UsageTerms | null,
  input: EnterTermsInput,
  known: readonly UsagePeriod[],
): TermsChange {
  const entered = termsOf(input);
  const continues =
    old !== null && old.subscriptionId === entered.subscriptionId && +old.anchorAt === +entered.anchorAt;
  const terms = continues ? { ...entered, effectiveAt: earliest(old.effectiveAt, entered.effectiveAt) } : entered;
  const changed: UsagePeriod[] = [];
  const after: UsagePeriod[] = [];
  for (const period of inOrder(known)) {
    const next = continues ? adopt(period, terms, entered.effectiveAt) : hand(period, terms, known);
    after.push(next);
    if (!same(period, next)) changed.push(next);
  }
  const span = placePeriod(terms, after, entered.effectiveAt);
  if (!after.some((period) => +period.startAt === +span.startAt)) changed.push(openPeriod(terms, span));
  return { terms, periods: changed };
}

/** The same subscription goes on: what has not ended yet is rated by the new plan. */
function adopt(period: UsagePeriod, terms: UsageTerms, effectiveAt: Date): UsagePeriod {
  if (period.status === "closed" || period.endAt <= effectiveAt) return period;
  return { ...period, planVersionId: terms.planVersionId, closedBy: terms.closedBy };
}

/** Other terms begin: what began before ends now, what was opened ahead is theirs. */
function hand(period: UsagePeriod, terms: UsageTerms, known: readonly UsagePeriod[]): UsagePeriod {
  if (period.status === "closed") return period;
  const closedBy: PeriodCloser = "clock";
  if (period.endAt <= terms.effectiveAt) return { ...period, closedBy };
  if (period.startAt < terms.effectiveAt) return { ...period, endAt: terms.effectiveAt, closedBy };
  const month = anchoredMonth(terms.anchorAt, period.startAt);
  const next = inOrder(known).find((other) => other.startAt > period.startAt);
  const endAt = next ? earliest(month.endAt, next.startAt) : month.endAt;
  return openPeriod(terms, { startAt: period.startAt, endAt });
}

function same(a: UsagePeriod, b: UsagePeriod): boolean {
  return (
    +a.endAt === +b.endAt &&
    a.planVersionId === b.planVersionId &&
    a.subscriptionId === b.subscriptionId &&
    a.closedBy === b.closedBy
  );
}

function inOrder(periods: readonly UsagePeriod[]): UsagePeriod[] {
  return [...periods].sort((a, b) => +a.startAt - +b.startAt);
}

function latest(first: Date, ...others: Array<Date | undefined>): Date {
  return others.reduce<Date>((best, other) => (other && other > best ? other : best), first);
}

function earliest(a: Date, b: Date): Date {
  return a < b ? a : b;
}
