/**
 * Days of 23 and of 25 hours in the middle of a period: every payment lies in exactly one day of the tenant's zone, every
 * report in exactly one day of UTC, and the period, which knows no zone, is as long as ever.
 */
import { describe, expect, it } from "vitest";
import { listTransactions, processPayment } from "@/billing/payments";
import { createSubscription } from "@/billing/subscriptions";
import { createTenant, getTenant, type Tenant } from "@/billing/tenants";
import { dailyUsage, getUsage, listUsagePeriods, recordUsage } from "@/billing/usage";
import { shareWorld } from "../world";
import { SMALL_CATALOG } from "./catalog";

const world = shareWorld({ catalog: SMALL_CATALOG });

interface Change {
  timeZone: string;
  /** When the subscription begins, a few days before. */
  startAt: string;
  /** Last second before the day, first of it, two around the change, last of it, first after it. */
  instants: readonly string[];
  /** Payments by day of the zone. */
  days: Readonly<Record<string, number>>;
  /** Reports by day of UTC. */
  reports: Readonly<Record<string, number>>;
}

const CHANGES: Change[] = [
  {
    ...{ timeZone: "Europe/Berlin", startAt: "2026-03-20T09:00:00Z" },
    instants: ["28T22:59:59", "28T23:00:00", "29T00:59:59", "29T01:00:00", "29T21:59:59", "29T22:00:00"].map(
      (time) => `2026-03-${time}Z`,
    ),
    days: { "2026-03-28": 1, "2026-03-29": 4, "2026-03-30": 1 },
    reports: { "2026-03-28": 2, "2026-03-29": 4 },
  },
  {
    ...{ timeZone: "Europe/Berlin", startAt: "2026-10-20T09:00:00Z" },
    instants: ["24T21:59:59", "24T22:00:00", "25T00:30:00", "25T01:30:00", "25T22:59:59", "25T23:00:00"].map(
      (time) => `2026-10-${time}Z`,
    ),
    days: { "2026-10-24": 1, "2026-10-25": 4, "2026-10-26": 1 },
    reports: { "2026-10-24": 2, "2026-10-25": 4 },
  },
  {
    ...{ timeZone: "America/New_York", startAt: "2026-03-01T09:00:00Z" },
    instants: ["08T04:59:59", "08T05:00:00", "08T06:59:59", "08T07:00:00", "09T03:59:59", "09T04:00:00"].map(
      (time) => `2026-03-${time}Z`,
    ),
    days: { "2026-03-07": 1, "2026-03-08": 4, "2026-03-09": 1 },
    reports: { "2026-03-08": 4, "2026-03-09": 2 },
  },
  {
    ...{ timeZone: "America/New_York", startAt: "2026-10-28T09:00:00Z" },
    instants: ["01T03:59:59", "01T04:00:00", "01T05:30:00", "01T06:30:00", "02T04:59:59", "02T05:00:00"].map(
      (time) => `2026-11-${time}Z`,
    ),
    days: { "2026-10-31": 1, "2026-11-01": 4, "2026-11-02": 1 },
    reports: { "2026-11-01": 4, "2026-11-02": 2 },
  },
];

/** A tenant of the zone that paid 1.00 and reported one call at each of the instants. */
async function live({ timeZone, startAt, instants }: Change): Promise<Tenant> {
  const slug = `zone-${startAt.slice(0, 10)}`;
  const stripeTestClockId = await world.control.createTestClock(slug, new Date(startAt));
  await world.clock.refresh();
  const words = { slug, name: slug, billingEmail: `${slug}@zone.example` };
  const { id: tenantId } = await createTenant(world.ctx, { ...words, timeZone, stripeTestClockId });
  const said = () => ({ tenantId, requestId: world.requestId(), reason: "Around a change of clocks" });
  const payer = { paymentMethodId: "pm_card_visa", canConfirm: false };
  await createSubscription(world.ctx, { ...said(), ...payer, planKey: "solo", interval: "month" });
  await world.drain();
  const tenant = await getTenant(world.ctx, tenantId);
  for (const instant of instants) {
    await world.advance(new Date(instant), tenant);
    const what = { amountMinor: 100n, currency: "usd", description: instant };
    await processPayment(world.ctx, { ...said(), ...what, paymentMethodId: null, onSession: false });
    await recordUsage(world.ctx, { tenantId, meterKey: "call", quantity: "1", unit: null, metadata: {}, key: null });
  }
  return tenant;
}

/** All transactions of some days, page by page. */
async function ledger(tenantId: string, days: { from?: string; to?: string }, limit: number): Promise<string[]> {
  const told: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTransactions(world.ctx, {
      tenantId,
      ...days,
      limit,
      ...(cursor !== undefined && { cursor }),
    });
    told.push(...page.transactions.map(({ at }) => `${at.toISOString().slice(0, 19)}Z`));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return told.reverse();
}

describe.each(CHANGES)("$timeZone from $startAt", (change) => {
  const { startAt, instants, days, reports } = change;

  it("keeps every payment in one day of its zone and every report in one of UTC", async () => {
    const { id: tenantId } = await live(change);
    const byDay: string[][] = [];
    for (const day of Object.keys(days)) byDay.push(await ledger(tenantId, { from: day, to: day }, 200));
    expect(byDay.map((told) => told.length)).toEqual(Object.values(days));
    expect(byDay.flat()).toEqual(instants);
    const [from, , to] = Object.keys(days);
    expect(await ledger(tenantId, { from, to }, 2)).toEqual(instants);
    expect(await ledger(tenantId, {}, 3)).toEqual([startAt, ...instants]);

    const periodStartAt = new Date(startAt);
    const daily = await dailyUsage(world.ctx, { tenantId, periodStartAt });
    expect(Object.fromEntries(daily.map(({ day, quantity }) => [day, Number(quantity)]))).toEqual(reports);
    const usage = await getUsage(world.ctx, tenantId);
    expect(usage.meters).toMatchObject([{ usedQuantity: "6", eventCount: 6n }]);
    const [period, ...others] = await listUsagePeriods(world.ctx, tenantId);
    const endAt = new Date(periodStartAt);
    endAt.setUTCMonth(endAt.getUTCMonth() + 1);
    expect([period, others]).toMatchObject([{ startAt: periodStartAt, endAt }, []]);
  });
});
