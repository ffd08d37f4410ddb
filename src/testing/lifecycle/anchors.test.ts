/**
 * Renewals from the last days of a month, lived through our verbs: no month is skipped, none billed twice, and after every
 * short month the day returns to the one the tenant began on.
 */
import { expect, it } from "vitest";
import { listInvoices } from "@/billing/invoices";
import { createSubscription, getSubscription } from "@/billing/subscriptions";
import { createTenant, type Tenant } from "@/billing/tenants";
import { listUsagePeriods, recordUsage } from "@/billing/usage";
import { shareWorld } from "../world";
import { lifecycleCatalog, plan } from "./catalog";

/** Everybody lives on a clock of their own, all three at once. The last day ends while its draft waits. */
const BEGINS = { thirty: "2028-01-30T10:00:00Z", last: "2028-01-31T23:30:00Z", leap: "2028-02-29T10:00:00Z" } as const;
type Slug = keyof typeof BEGINS;
const SLUGS: readonly Slug[] = ["thirty", "last", "leap"];

/** Days on which periods begin, a row a year from January on; written by hand from the calendar. */
const DAYS: Readonly<Record<Slug, string>> = {
  thirty: `2028: 30 29 30 30 30 30 30 30 30 30 30 30
           2029: 30 28 30 30 30 30 30 30 30 30 30 30
           2030: 30 28 30 30 30 30 30 30 30 30 30 30
           2031: 30 28 30 30 30 30 30 30 30 30 30 30
           2032: 30 29 30`,
  last: `2028: 31 29 31 30 31 30 31 31 30 31 30 31
         2029: 31 28 31 30 31 30 31 31 30 31 30 31
         2030: 31 28 31 30 31 30 31 31 30 31 30 31
         2031: 31 28 31 30 31 30 31 31 30 31 30 31
         2032: 31 29 31`,
  leap: `2028: -- 29 29 29 29 29 29 29 29 29 29 29
         2029: 29 28 29 29 29 29 29 29 29 29 29 29
         2030: 29 28 29 29 29 29 29 29 29 29 29 29
         2031: 29 28 29 29 29 29 29 29 29 29 29 29
         2032: 29 29 29`,
};

/**
 * Noons at which everybody reports 150 calls, 50 more than are included, and the invoices that have to charge them: on the
 * last day of February the 30th and the 29th have begun their next period two hours ago, the 31st ends its own tonight.
 */
const REPORTS = [
  ["2028-02-29T12:00:00Z", { thirty: "INV-2028-03-thirty", last: "INV-2028-02-last", leap: "INV-2028-03-leap" }],
  ["2029-02-28T12:00:00Z", { thirty: "INV-2029-03-thirty", last: "INV-2029-02-last", leap: "INV-2029-03-leap" }],
] as const;

/** 19.00 and 8 % tax; with 50 calls at 0.50. */
const [FEE_MINOR, FEE_AND_CALLS_MINOR] = [2_052n, 4_752n];

/** From one leap year to the next. */
const UNTIL = new Date("2032-03-01T12:00:00Z");

const world = shareWorld({ catalog: lifecycleCatalog([plan("solo", ["19.00", "190.00"], {})]) });

it("four years from the 29th, 30th and 31st bill every month once, on its day", { timeout: 400_000 }, async () => {
  await Promise.all(SLUGS.map(live));
});

async function live(slug: Slug): Promise<void> {
  const stripeTestClockId = await world.control.createTestClock(slug, new Date(BEGINS[slug]));
  await world.clock.refresh();
  const billingEmail = `${slug}@month.example`;
  const tenant = await createTenant(world.ctx, { slug, name: slug, billingEmail, stripeTestClockId });
  await createSubscription(world.ctx, {
    ...{ tenantId: tenant.id, planKey: "solo", interval: "month", paymentMethodId: "pm_card_visa", canConfirm: false },
    ...{ requestId: world.requestId(), reason: "Lives for years" },
  });
  for (const [at] of REPORTS) {
    await world.advance(new Date(at), tenant);
    const report = { tenantId: tenant.id, meterKey: "call", quantity: "150", unit: null, metadata: {} };
    await recordUsage(world.ctx, { ...report, key: null });
  }
  await world.advance(UNTIL, tenant);
  await compare(tenant, slug);
}

async function compare({ id: tenantId }: Tenant, slug: Slug): Promise<void> {
  const starts = startsOf(slug);
  const begun = starts.filter((start) => new Date(start) <= UNTIL);
  const spanOf = (start: string, index: number) => `${start} to ${starts[index + 1]}`;
  const charged = REPORTS.map(([, numbers]): string => numbers[slug]);

  const invoices = (await listInvoices(world.ctx, { tenantId, limit: 100 })).reverse();
  const billed = invoices.map(
    ({ number, status, createdAt, periodStartAt, periodEndAt, totalMinor }) =>
      `${number} ${status} ${totalMinor} on ${iso(createdAt)}: ${iso(periodStartAt)} to ${iso(periodEndAt)}`,
  );
  const expected = begun.map((start, index) => {
    const number = `INV-${start.slice(0, 7)}-${slug}`;
    const totalMinor = charged.includes(number) ? FEE_AND_CALLS_MINOR : FEE_MINOR;
    return `${number} paid ${totalMinor} on ${start}: ${spanOf(start, index)}`;
  });
  expect(billed).toEqual(expected);

  const periods = (await listUsagePeriods(world.ctx, tenantId)).reverse();
  const used = periods.map(({ startAt, endAt, status }) => `${iso(startAt)} to ${iso(endAt)} ${status}`);
  const months = begun.map((start, index) => `${spanOf(start, index)} ${start === begun.at(-1) ? "open" : "closed"}`);
  expect(used).toEqual(months);

  const { subscription } = await getSubscription(world.ctx, tenantId);
  expect(subscription).toMatchObject({
    anchorAt: new Date(BEGINS[slug]),
    currentPeriodStartAt: new Date(begun.at(-1) ?? ""),
    currentPeriodEndAt: new Date(starts[begun.length] ?? ""),
  });
}

/** The starts that a table of days stands for, oldest first. */
function startsOf(slug: Slug): string[] {
  const time = BEGINS[slug].slice(10);
  return DAYS[slug].split("\n").flatMap((row) => {
    const [year, days = ""] = row.trim().split(": ");
    return days.split(" ").flatMap((day, month) => {
      return day === "--" ? [] : [`${year}-${String(month + 1).padStart(2, "0")}-${day}${time}`];
    });
  });
}

function iso(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
