import { describe, expect, it } from "vitest";
import { catalog as dnalang } from "@/billing/catalog/presets/dnalang";
import { decimal } from "@/billing/kernel/decimal";
import { type DemoTenant, reportsOfDay } from "./script";

const tenant: DemoTenant = {
  slug: "x",
  name: "X",
  timeZone: "UTC",
  place: { line1: "1 Main Street", postalCode: "10001", city: "New York", state: "NY", country: "US" },
  startDay: 0,
  steps: [],
  use: { share: 1, growth: 0.5 },
};
const allowancesOf = (key: string) => dnalang.plans.find((plan) => plan.key === key)?.allowances ?? [];

function month(plan: string, from: number): Record<string, number> {
  const totals: Record<string, number> = {};
  for (let day = from; day < from + 30; day += 1) {
    for (const { meterKey, quantity } of reportsOfDay(tenant, allowancesOf(plan), dnalang.meters, day)) {
      const exact = decimal(quantity).toNumber();
      const isLevel = meterKey === "storage";
      totals[meterKey] = isLevel ? Math.max(totals[meterKey] ?? 0, exact) : (totals[meterKey] ?? 0) + exact;
    }
  }
  return totals;
}

describe("a month of reports", () => {
  it("comes to about the share of what the plan includes, and grows", () => {
    const first = month("professional", 0);
    expect(first.storage).toBe(50);
    expect(first.quantum_job).toBeGreaterThan(80);
    expect(first.quantum_job).toBeLessThan(110);
    const second = month("professional", 30);
    expect(second.storage).toBe(75);
    expect(second.quantum_job).toBeGreaterThan(first.quantum_job ?? 0);
  });

  it("stays under a hard limit", () => {
    expect(month("free", 60)).toMatchObject({ storage: 0.9 });
    expect(month("free", 60).quantum_job ?? 0).toBeLessThanOrEqual(10);
  });

  it("is the same whenever it is asked for", () => {
    const day = () => reportsOfDay(tenant, allowancesOf("professional"), dnalang.meters, 17);
    expect(day()).toEqual(day());
    expect(day().every(({ quantity }) => decimal(quantity).gt(0))).toBe(true);
  });
});
