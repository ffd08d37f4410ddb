/**
 * What happens in the demo: a few tenants and half a year of their lives, as data. Times are days since the tenant began,
 * amounts follow from the catalog, so any catalog gets a demo and the same catalog always gets the same one.
 */
import type { Allowance, AppliedCatalog, Meter, PlanVersion } from "@/billing/catalog/model";
import { decimal } from "@/billing/kernel/decimal";
import type { BillingInterval } from "@/billing/subscriptions/model";

/** How far back the demo begins: whole months, and some days so that the first tenant is in the middle of a period. */
export const DEMO_MONTHS = 6;
export const DEMO_LEAD_DAYS = 18;

/** Something a tenant does on a day of its life. */
export type DemoStep =
  | { day: number; kind: "subscribe"; plan: PlanVersion; interval: BillingInterval; card: string }
  | { day: number; kind: "change"; plan: PlanVersion }
  | { day: number; kind: "cancel" }
  | { day: number; kind: "replace_card"; card: string };

/** An address, and the VAT id of who has one; the ids are Stripe's numbers for tests. */
export interface DemoPlace {
  line1: string;
  postalCode: string;
  city: string;
  state?: string;
  country: string;
  vatId?: string;
}

/** One tenant of the demo. */
export interface DemoTenant {
  slug: string;
  name: string;
  timeZone: string;
  /** Where it is billed. */
  place: DemoPlace;
  /** Days after the demo's start on which it signs up. */
  startDay: number;
  steps: DemoStep[];
  /** Of each meter's included quantity, how much it uses in a month, by how much that grows each month. */
  use: { share: number; growth: number };
}

/** Units of a metered thing of which the plan includes none, a month. */
const UNITS_WHEN_NONE_INCLUDED = 1247;
/** Units of a meter without limit, a month. */
const UNITS_WHEN_UNLIMITED = 640;

const BERLIN: DemoPlace = {
  ...{ line1: "Invalidenstraße 110", postalCode: "10115", city: "Berlin", country: "DE", vatId: "DE000000000" },
};
const NEW_YORK: DemoPlace = {
  line1: "430 East 29th Street",
  postalCode: "10016",
  city: "New York",
  state: "NY",
  country: "US",
};
const WAKO: DemoPlace = { line1: "2-1 Hirosawa", postalCode: "351-0198", city: "Wako", country: "JP" };
const SAN_FRANCISCO: DemoPlace = {
  line1: "1 Market Street",
  postalCode: "94105",
  city: "San Francisco",
  state: "CA",
  country: "US",
};
const LONDON: DemoPlace = { line1: "12 Exmouth Market", postalCode: "EC1R 4QE", city: "London", country: "GB" };
const PARIS: DemoPlace = { line1: "8 rue des Petits-Carreaux", postalCode: "75002", city: "Paris", country: "FR" };

/** The cast. Plans are taken by rank, so that every catalog has them. */
export function demoTenants(catalog: AppliedCatalog): DemoTenant[] {
  const paid = catalog.plans.filter((plan) => (plan.monthlyPriceMinor ?? 0n) > 0n);
  const first = paid[0];
  const middle = paid[Math.min(1, paid.length - 1)];
  const last = paid.at(-1);
  if (!first || !middle || !last) return [];
  return [
    {
      slug: "demo",
      name: "Demo Labs",
      timeZone: "Europe/Berlin",
      place: BERLIN,
      startDay: 0,
      steps: [{ day: 0, kind: "subscribe", plan: first, interval: "month", card: "pm_card_visa" }],
      use: { share: 1.05, growth: 0.08 },
    },
    {
      slug: "helix",
      name: "Helix Genomics",
      timeZone: "America/New_York",
      place: NEW_YORK,
      startDay: 12,
      steps: [{ day: 3, kind: "subscribe", plan: middle, interval: "year", card: "pm_card_mastercard" }],
      use: { share: 0.7, growth: 0.12 },
    },
    {
      slug: "northwind",
      name: "Northwind Quantum Research and Instrumentation Cooperative",
      timeZone: "Asia/Tokyo",
      place: WAKO,
      startDay: 5,
      steps: [
        { day: 1, kind: "subscribe", plan: first, interval: "month", card: "pm_card_amex" },
        { day: 74, kind: "change", plan: last },
      ],
      use: { share: 0.95, growth: 0.05 },
    },
    {
      slug: "umbra",
      name: "Umbra Robotics",
      timeZone: "America/Los_Angeles",
      place: SAN_FRANCISCO,
      // Its last renewal was five days ago and failed, so it is in the middle of being reminded.
      startDay: 13,
      steps: [
        { day: 0, kind: "subscribe", plan: first, interval: "month", card: "pm_card_visa" },
        { day: 170, kind: "replace_card", card: "pm_card_chargeCustomerFail" },
      ],
      use: { share: 0.5, growth: 0 },
    },
    {
      ...{ slug: "lapsed", name: "Lapsed Light & Sons", timeZone: "Europe/London", place: LONDON },
      startDay: 8,
      steps: [
        { day: 0, kind: "subscribe", plan: first, interval: "month", card: "pm_card_visa" },
        { day: 70, kind: "cancel" },
      ],
      use: { share: 0.3, growth: -0.1 },
    },
    {
      ...{ slug: "atelier", name: "Atelier Lumière", timeZone: "Europe/Paris", place: PARIS },
      startDay: 40,
      steps: [],
      use: { share: 0.6, growth: 0 },
    },
  ];
}

/** One report of usage of the demo. */
export interface DemoReport {
  meterKey: string;
  unit: string;
  quantity: string;
  /** The value that a meter of unique values counts, under the name it wants; nothing for other meters. */
  metadata: Record<string, string>;
}

/**
 * What a tenant reports on one day: a thirtieth of the month's amount for sums, the level reached for maxima, in whole
 * units where the meter counts things. A plan that refuses beyond a limit is kept under it.
 */
export function reportsOfDay(
  tenant: DemoTenant,
  allowances: readonly Allowance[],
  meters: readonly Meter[],
  day: number,
): DemoReport[] {
  const month = Math.floor(day / 30);
  const reports: DemoReport[] = [];
  for (const meter of meters) {
    const allowance = allowances.find((candidate) => candidate.meter === meter.key);
    if (!allowance) continue;
    const monthly = monthlyUnits(tenant, allowance, month);
    const quantity = meter.aggregation === "max" ? monthly * levelOfDay(day) : shareOfDay(monthly, day);
    const exact = decimal(meter.aggregation === "max" ? quantity.toFixed(1) : Math.floor(quantity));
    const { key: meterKey, unitPlural: unit, uniqueProperty } = meter;
    // A few faces that come again, and a new one now and then.
    const metadata = uniqueProperty === null ? {} : { [uniqueProperty]: `visitor-${(day % 6) + Math.floor(day / 7)}` };
    if (exact.gt(0)) reports.push({ meterKey, unit, quantity: exact.toFixed(), metadata });
  }
  return reports;
}

function monthlyUnits(tenant: DemoTenant, allowance: Allowance, month: number): number {
  const share = Math.max(0.05, tenant.use.share + tenant.use.growth * month);
  if (allowance.included === null) return UNITS_WHEN_UNLIMITED * share;
  const included = Number(allowance.included);
  if (included === 0) return UNITS_WHEN_NONE_INCLUDED * share;
  return included * (allowance.limit === "hard" ? Math.min(share, 0.9) : share);
}

/** Storage grows over a month from 80 % to all of its level. */
function levelOfDay(day: number): number {
  return 0.8 + 0.2 * ((day % 30) / 29);
}

/** Whole units, more on working days, that add up to about the month's amount. */
function shareOfDay(monthly: number, day: number): number {
  const weight = day % 7 < 5 ? 1.2 : 0.5;
  const upTo = (d: number) => Math.round((monthly / 30) * d);
  return (upTo((day % 30) + 1) - upTo(day % 30)) * weight;
}
