/** Where periods lie: by cases first, then for any sequence of terms, reports and closings. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, addMonths } from "../kernel/period";
import type { EnterTermsInput, UsagePeriod, UsageTerms } from "./model";
import { changeTerms, freeTerms, openPeriod, placePeriod, termsOf } from "./periods";

const at = (text: string) => new Date(text.length === 10 ? `${text}T00:00:00Z` : `${text}Z`);
const span = ({ startAt, endAt }: { startAt: Date; endAt: Date }) =>
  `${startAt.toISOString().slice(0, 16)} ${endAt.toISOString().slice(0, 16)}`;
const days = (period: { startAt: Date; endAt: Date }) =>
  `${period.startAt.toISOString().slice(0, 10)} ${period.endAt.toISOString().slice(0, 10)}`;

const free = freeTerms({ id: "ten_1", createdAt: at("2024-11-07") }, "free@1");

function paid(subscriptionId: string, effectiveAt: Date, more: Partial<EnterTermsInput> = {}): EnterTermsInput {
  const base = { tenantId: "ten_1", planVersionId: "pro@1", interval: "month" as const };
  return { ...base, subscriptionId, anchorAt: effectiveAt, effectiveAt, ...more };
}

function freeFrom(effectiveAt: Date): EnterTermsInput {
  return { ...paid("", effectiveAt), planVersionId: "free@1", subscriptionId: null, interval: null };
}

const closed = (period: UsagePeriod): UsagePeriod => ({ ...period, status: "closed", closedAt: period.endAt });

describe("terms", () => {
  it("of the free plan count calendar months since the tenant's first, whatever anchor is given", () => {
    expect(free).toMatchObject({ effectiveAt: at("2024-11-01"), closedBy: "clock", subscriptionId: null });
    expect(termsOf(freeFrom(at("2024-11-19"))).anchorAt).toEqual(free.anchorAt);
  });
  it("leave monthly periods to the renewal, annual and free ones to the clock", () => {
    const start = at("2024-11-19");
    expect(termsOf(paid("sub_1", start)).closedBy).toBe("renewal");
    expect(termsOf(paid("sub_1", start, { interval: "year" })).closedBy).toBe("clock");
    expect(termsOf(freeFrom(start)).closedBy).toBe("clock");
  });
});

describe("the period of an instant", () => {
  const terms = termsOf(paid("sub_1", at("2024-11-19T09:30:00")));
  it.each([
    ["the first instant", "2024-11-19T09:30:00", "2024-11-19T09:30 2024-12-19T09:30"],
    ["the last instant before the end", "2024-12-19T09:29:59.999", "2024-11-19T09:30 2024-12-19T09:30"],
    ["the end itself, which is the next one's", "2024-12-19T09:30:00", "2024-12-19T09:30 2025-01-19T09:30"],
    ["before the terms begin: their first period", "2024-11-18T00:00:00", "2024-11-19T09:30 2024-12-19T09:30"],
    ["months later", "2025-06-01T00:00:00", "2025-05-19T09:30 2025-06-19T09:30"],
  ])("at %s", (_what, instant, expected) => {
    expect(span(placePeriod(terms, [], at(instant)))).toBe(expected);
  });

  it("that lies in a closed period is the running one", () => {
    const first = closed(openPeriod(terms, placePeriod(terms, [], at("2024-11-20"))));
    expect(span(placePeriod(terms, [first], at("2024-12-01")))).toBe("2024-12-19T09:30 2025-01-19T09:30");
    const second = openPeriod(terms, placePeriod(terms, [first], at("2024-12-20")));
    expect(placePeriod(terms, [first, second], at("2024-12-01"))).toEqual({
      startAt: second.startAt,
      endAt: second.endAt,
    });
  });

  it.each([
    ["the 31st", "2027-01-31T10:00:00", 31],
    ["the 29th of February", "2028-02-29T00:00:00", 29],
  ])("counted from %s never drifts in 48 months", (_what, anchor, day) => {
    const anchored = termsOf(paid("sub_1", at(anchor)));
    let last: UsagePeriod | null = null;
    for (let month = 0; month < 48; month += 1) {
      const instant: Date = last?.endAt ?? anchored.effectiveAt;
      const next: UsagePeriod = openPeriod(anchored, placePeriod(anchored, last ? [closed(last)] : [], instant));
      const lastDay = new Date(Date.UTC(next.startAt.getUTCFullYear(), next.startAt.getUTCMonth() + 1, 0)).getUTCDate();
      expect(next.startAt).toEqual(instant);
      expect(next.startAt.getUTCDate()).toBe(Math.min(day, lastDay));
      expect(next.startAt.toISOString().slice(11)).toBe(anchored.anchorAt.toISOString().slice(11));
      last = next;
    }
    expect(last?.endAt).toEqual(addMonths(at(anchor), 48));
  });
});

describe("entering terms", () => {
  const november = openPeriod(free, placePeriod(free, [], at("2024-11-07")));

  it("free, paid, free: each ends where the next begins", () => {
    const start = changeTerms(free, paid("sub_1", at("2024-11-19")), [november]);
    expect(start.periods.map(days)).toEqual(["2024-11-01 2024-11-19", "2024-11-19 2024-12-19"]);
    expect(start.periods.map((period) => [period.planVersionId, period.closedBy, period.status])).toEqual([
      ["free@1", "clock", "open"],
      ["pro@1", "renewal", "open"],
    ]);
    const end = changeTerms(start.terms, freeFrom(at("2024-12-10T12:00:00")), start.periods);
    expect(end.periods.map(span)).toEqual(["2024-11-19T00:00 2024-12-10T12:00", "2024-12-10T12:00 2025-01-01T00:00"]);
    // Cut short: no renewal will come for it, so the clock closes it.
    expect(end.periods.map((period) => [period.planVersionId, period.closedBy])).toEqual([
      ["pro@1", "clock"],
      ["free@1", "clock"],
    ]);
  });

  it("at the end of a month that is over cuts nothing", () => {
    const start = changeTerms(free, paid("sub_1", at("2024-11-19")), [
      closed({ ...november, endAt: at("2024-11-19") }),
    ]);
    const end = changeTerms(start.terms, freeFrom(at("2024-12-19")), start.periods);
    expect(end.periods.map(days)).toEqual(["2024-11-19 2024-12-19", "2024-12-19 2025-01-01"]);
  });

  it("of another plan inside the same subscription and month takes over the period and its usage", () => {
    const start = changeTerms(free, paid("sub_1", at("2024-11-19")), [november]);
    const upgrade = paid("sub_1", at("2024-12-01"), { anchorAt: at("2024-11-19"), planVersionId: "big@1" });
    const change = changeTerms(start.terms, upgrade, start.periods);
    expect(change.periods).toHaveLength(1);
    expect(change.periods[0]).toMatchObject({
      startAt: at("2024-11-19"),
      endAt: at("2024-12-19"),
      planVersionId: "big@1",
    });
    expect(change.terms).toMatchObject({ planVersionId: "big@1", effectiveAt: at("2024-11-19") });
  });

  it("leaves a month that has ended under the plan it was used on", () => {
    const start = changeTerms(null, paid("sub_1", at("2024-11-19")), []);
    const late = paid("sub_1", at("2024-12-19"), { anchorAt: at("2024-11-19"), planVersionId: "big@1" });
    const change = changeTerms(start.terms, late, start.periods);
    expect(change.periods.map((period) => [days(period), period.planVersionId])).toEqual([
      ["2024-12-19 2025-01-19", "big@1"],
    ]);
  });

  it("with a new anchor ends the month and begins another", () => {
    const start = changeTerms(null, paid("sub_1", at("2024-11-19")), []);
    const change = changeTerms(start.terms, paid("sub_1", at("2024-12-03"), { interval: "year" }), start.periods);
    expect(change.periods.map(days)).toEqual(["2024-11-19 2024-12-03", "2024-12-03 2025-01-03"]);
  });

  it("that began before they were known hands them what was opened ahead", () => {
    const december = openPeriod(free, { startAt: at("2024-12-01"), endAt: at("2025-01-01") });
    const change = changeTerms(free, paid("sub_1", at("2024-11-19")), [closed(november), december]);
    expect(change.periods.map((period) => [days(period), period.planVersionId])).toEqual([
      ["2024-12-01 2024-12-19", "pro@1"],
    ]);
  });

  it("that began in months which are closed opens none of them again", () => {
    const december = openPeriod(free, { startAt: at("2024-12-01"), endAt: at("2025-01-01") });
    const january = openPeriod(free, { startAt: at("2025-01-01"), endAt: at("2025-02-01") });
    // Only the newest closed period is in play; the one before it is closed as well.
    const change = changeTerms(free, paid("sub_1", at("2024-11-19")), [closed(december), january]);
    expect(change.periods.map(days)).toEqual(["2025-01-01 2025-01-19"]);
  });

  it("again changes nothing", () => {
    const input = paid("sub_1", at("2024-11-19"));
    const first = changeTerms(free, input, [november]);
    const again = changeTerms(first.terms, input, first.periods);
    expect(again).toEqual({ terms: first.terms, periods: [] });
  });
});

type Step =
  | { kind: "report"; hours: number }
  | { kind: "close"; hours: number }
  | {
      kind: "terms";
      hours: number;
      lateDays: number;
      subscription: 0 | 1 | 2;
      plan: 1 | 2;
      interval: "month" | "year";
    };

const hours = fc.integer({ min: 0, max: 24 * 50 });
function steps(lateDaysMax: number): fc.Arbitrary<Step[]> {
  const terms = fc.record({
    ...{ kind: fc.constant("terms" as const), hours, lateDays: fc.integer({ min: 0, max: lateDaysMax }) },
    ...{
      subscription: fc.constantFrom(0 as const, 1 as const, 2 as const),
      plan: fc.constantFrom(1 as const, 2 as const),
    },
    interval: fc.constantFrom("month" as const, "year" as const),
  });
  const report = fc.record({ kind: fc.constant("report" as const), hours });
  const close = fc.record({ kind: fc.constant("close" as const), hours });
  return fc.array(fc.oneof(report, close, terms), { minLength: 1, maxLength: 20 });
}

/** The books of one tenant, moved as the verbs move them, but in memory. */
class Books {
  periods = new Map<number, UsagePeriod>();
  terms: UsageTerms = free;
  now = at("2024-11-07");
  private anchors = new Map<number, Date>();

  private put(...periods: UsagePeriod[]) {
    for (const period of periods) this.periods.set(+period.startAt, period);
  }
  all(): UsagePeriod[] {
    return [...this.periods.values()].sort((a, b) => +a.startAt - +b.startAt);
  }
  /** What the store loads: every open period and the newest closed one. */
  inPlay(): UsagePeriod[] {
    const newest = this.all().findLast((period) => period.status === "closed");
    return [...(newest ? [newest] : []), ...this.all().filter((period) => period.status === "open")];
  }
  report(): UsagePeriod {
    const placed = placePeriod(this.terms, this.inPlay(), this.now);
    const there = this.inPlay().find((period) => +period.startAt === +placed.startAt);
    const period = there ?? openPeriod(this.terms, placed);
    this.put(period);
    return period;
  }
  /** Closes what has ended, oldest first, as the clock and the renewals do. */
  closeEnded() {
    for (;;) {
      const due = this.all().find((period) => period.status === "open" && period.endAt <= this.now);
      if (!due) return;
      this.put(closed(due));
      const placed = placePeriod(this.terms, this.inPlay(), due.endAt);
      if (!this.periods.has(+placed.startAt)) this.put(openPeriod(this.terms, placed));
    }
  }
  enter(step: Extract<Step, { kind: "terms" }>) {
    const effectiveAt = addDays(this.now, -step.lateDays);
    const anchor = this.anchors.get(step.subscription) ?? effectiveAt;
    this.anchors.set(step.subscription, anchor);
    const more = { anchorAt: anchor, planVersionId: `plan@${step.plan}`, interval: step.interval };
    const input = step.subscription === 0 ? freeFrom(effectiveAt) : paid(`sub_${step.subscription}`, effectiveAt, more);
    const change = changeTerms(this.terms, input, this.inPlay());
    this.terms = change.terms;
    for (const period of change.periods) expect(this.periods.get(+period.startAt)?.status).not.toBe("closed");
    this.put(...change.periods);
  }
  take(step: Step) {
    this.now = new Date(+this.now + step.hours * 3_600_000);
    if (step.kind === "report") {
      const period = this.report();
      expect(period.status).toBe("open");
      expect(period.endAt > this.now).toBe(true);
    }
    if (step.kind === "close") this.closeEnded();
    if (step.kind === "terms") this.enter(step);
  }
}

describe("any sequence of terms, reports and closings", () => {
  it("never makes two periods overlap, nor an empty one", () => {
    fc.assert(
      fc.property(steps(70), (sequence) => {
        const books = new Books();
        for (const step of sequence) {
          books.take(step);
          books.all().forEach((period, index, all) => {
            expect(period.startAt < period.endAt).toBe(true);
            const next = all[index + 1];
            if (next) expect(period.endAt <= next.startAt).toBe(true);
          });
        }
      }),
      { numRuns: 4_096 },
    );
  });

  it("leaves no gap when what has ended is closed before the next step", () => {
    fc.assert(
      fc.property(steps(0), (sequence) => {
        const books = new Books();
        books.report();
        for (const step of sequence) {
          books.now = new Date(+books.now + step.hours * 3_600_000);
          books.closeEnded();
          books.take({ ...step, hours: 0 });
          books.all().forEach((period, index, all) => {
            const next = all[index + 1];
            if (next) expect(next.startAt).toEqual(period.endAt);
            else expect(period.endAt > books.now).toBe(true);
          });
        }
      }),
      { numRuns: 4_096 },
    );
  });
});
