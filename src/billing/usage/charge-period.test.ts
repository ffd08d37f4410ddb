/** What becomes of a month's overage: charged once whatever is retried, in parts or whole, and frozen when it closes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inTransaction } from "@/db/transaction";
import { END_AT, START_AT, shareUsageWorld } from "@/testing/usage-world";
import { decimal } from "../kernel/decimal";
import { rateOverage } from "../pricing";
import type { Tenant } from "../tenants";
import { attachCharge, chargeRunningPeriod, findCharges, getUsage, listUsagePeriods, type OverageCharge } from ".";

const world = shareUsageWorld();

function chargeNow(tenant: Tenant, operationId: string): Promise<OverageCharge[]> {
  const input = { tenantId: tenant.id, operationId, now: world.now };
  return inTransaction(world.db, (tx) => chargeRunningPeriod(tx, input));
}

const brief = (charges: OverageCharge[]) =>
  charges.map((charge) => [charge.meterKey, charge.billedQuantity, charge.quantity, charge.amountMinor]);
const chargeRows = (tenant: Tenant) => world.db.prisma.overageCharge.count({ where: { tenantId: tenant.id } });

/** A tenant of the plan `team` with overage on three meters. */
async function userOfThree(): Promise<Tenant> {
  const tenant = await world.on("team");
  // Reported in another order than the catalog's, which the charges keep.
  for (const [meter, quantity] of [
    ["seat", "12"],
    ["disk", "12.5"],
    ["job", "1257"],
    ["search", "1"],
  ] as const) {
    await world.report(tenant, meter, quantity);
  }
  return tenant;
}

describe("closing a month", () => {
  it("charges its overage in catalog order, and the same operation gets the same charges again", async () => {
    const tenant = await userOfThree();
    world.now = END_AT;
    const charges = await world.closeMonth(tenant, START_AT, "renewal");
    expect(brief(charges)).toEqual([
      ["job", "0", "1247", 125n],
      ["disk", "0", "2.5", 250n],
      ["seat", "0", "2", 200n],
    ]);
    expect(charges[0]).toMatchObject({
      ...{ usedQuantity: "1257", includedQuantity: "10", unitPrice: "0.001", currency: "usd", eventCount: 1n },
      ...{ description: "Additional job", operationId: "renewal", periodStartAt: START_AT, createdAt: END_AT },
    });
    world.now = new Date(+END_AT + 86_400_000);
    expect(await world.closeMonth(tenant, START_AT, "renewal")).toEqual(charges);
    expect(await chargeRows(tenant)).toBe(3);
  });

  it("gives another operation nothing: the month is closed", async () => {
    const tenant = await userOfThree();
    world.now = END_AT;
    await world.closeMonth(tenant, START_AT, "renewal");
    expect(await world.closeMonth(tenant, START_AT, "clock")).toEqual([]);
    expect(await chargeRows(tenant)).toBe(3);
  });

  it("by eight operations at once charges once", async () => {
    const tenant = await userOfThree();
    world.now = END_AT;
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => world.closeMonth(tenant, START_AT, `operation-${index}`)),
    );
    expect(all.filter((charges) => charges.length > 0)).toHaveLength(1);
    expect(await chargeRows(tenant)).toBe(3);
  });

  it("opens the next one at its end, empty", async () => {
    const tenant = await userOfThree();
    world.now = END_AT;
    await world.closeMonth(tenant, START_AT, "renewal");
    const [next, closed, ...others] = await listUsagePeriods(world.ctx, tenant.id);
    expect(next).toMatchObject({ startAt: END_AT, endAt: new Date("2027-03-31T10:00:00Z"), status: "open" });
    expect(closed).toMatchObject({ startAt: START_AT, endAt: END_AT, status: "closed", closedAt: END_AT });
    expect(others).toEqual([]);
    const { meters } = await getUsage(world.ctx, tenant.id);
    expect(meters.map((meter) => meter.usedQuantity)).toEqual(["0", "0", "0", "0"]);
  });

  it("is refused before its end, but for the skew of two clocks, and changes nothing then", async () => {
    const tenant = await userOfThree();
    world.now = new Date(+END_AT - 5 * 60_000 - 1);
    await expect(world.closeMonth(tenant, START_AT, "early")).rejects.toMatchObject({ code: "invariant.broken" });
    expect(await chargeRows(tenant)).toBe(0);
    expect((await listUsagePeriods(world.ctx, tenant.id))[0]).toMatchObject({ startAt: START_AT, status: "open" });
    world.now = new Date(+END_AT - 5 * 60_000);
    expect(await world.closeMonth(tenant, START_AT, "skewed")).toHaveLength(3);
  });

  it("that was never opened, or is another tenant's, is refused", async () => {
    const [tenant, other] = [await userOfThree(), await world.on()];
    world.now = END_AT;
    for (const [who, when] of [
      [tenant, END_AT],
      [other, START_AT],
    ] as const) {
      await expect(world.closeMonth(who, when, "renewal")).rejects.toMatchObject({ code: "invariant.broken" });
    }
  });

  it("without usage beyond the plan charges nothing", async () => {
    const tenant = await world.on("team");
    await world.report(tenant, "job", "10");
    world.now = END_AT;
    expect(await world.closeMonth(tenant, START_AT, "renewal")).toEqual([]);
  });

  it("rates it by the plan it ended on", async () => {
    const tenant = await userOfThree();
    await world.enter(tenant, "big", new Date(+START_AT + 86_400_000));
    world.now = END_AT;
    expect(brief(await world.closeMonth(tenant, START_AT, "renewal"))).toEqual([["job", "0", "257", 26n]]);
  });
});

describe("terms that become known late", () => {
  it("open no month again that is closed", async () => {
    const tenant = await userOfThree();
    const months = [START_AT, END_AT, new Date("2027-03-31T10:00:00Z"), new Date("2027-04-30T10:00:00Z")];
    for (const [index, startAt] of months.slice(0, 3).entries()) {
      world.now = months[index + 1] ?? startAt;
      await world.closeMonth(tenant, startAt, `renewal-${index}`);
    }
    await world.enter(tenant, "big", START_AT, { subscriptionId: "sub_other" });
    const periods = await listUsagePeriods(world.ctx, tenant.id);
    expect(periods.map((period) => [period.startAt, period.status, period.planKey])).toEqual([
      [months[3], "open", "big"],
      [months[2], "closed", "team"],
      [months[1], "closed", "team"],
      [months[0], "closed", "team"],
    ]);
    expect(await chargeRows(tenant)).toBe(3);
  });
});

describe("charging a month that runs", () => {
  it("then closing it bills the rest only", async () => {
    const tenant = await userOfThree();
    const first = await chargeNow(tenant, "now");
    expect(brief(first).map(([meter, , quantity]) => [meter, quantity])).toEqual([
      ["job", "1247"],
      ["disk", "2.5"],
      ["seat", "2"],
    ]);
    await world.report(tenant, "job", "5000");
    await world.report(tenant, "disk", "13");
    world.now = END_AT;
    expect(brief(await world.closeMonth(tenant, START_AT, "renewal"))).toEqual([
      ["job", "1247", "5000", 500n],
      ["disk", "2.5", "0.5", 50n],
    ]);
  });

  it("with the same operation gives the same charges, also when more was used or the month is over", async () => {
    const tenant = await world.on("team");
    await world.report(tenant, "job", "1257");
    const first = await chargeNow(tenant, "now");
    expect(first).toHaveLength(1);
    // More of the charged meter, and a first overage of another one: neither belongs to the operation that is retried.
    await world.report(tenant, "job", "5000");
    await world.report(tenant, "disk", "12.5");
    expect(await chargeNow(tenant, "now")).toEqual(first);
    world.now = END_AT;
    await world.closeMonth(tenant, START_AT, "renewal");
    await world.report(tenant, "seat", "12");
    expect(await chargeNow(tenant, "now")).toEqual(first);
    expect(await chargeRows(tenant)).toBe(3);
  });

  it("by six operations at once bills the overage once", async () => {
    const tenant = await userOfThree();
    await Promise.all(Array.from({ length: 6 }, (_, index) => chargeNow(tenant, `now-${index}`)));
    expect(await chargeRows(tenant)).toBe(3);
    expect((await getUsage(world.ctx, tenant.id)).overageMinor).toBe(575n);
  });

  it("leaves for later what rounds to nothing, so that billing often never bills less", async () => {
    const tenant = await world.on("team");
    await world.report(tenant, "job", "10");
    for (let time = 0; time < 5; time += 1) {
      await world.report(tenant, "job", "4");
      await chargeNow(tenant, `now-${time}`);
    }
    world.now = END_AT;
    await world.closeMonth(tenant, START_AT, "renewal");
    const charges = await world.db.prisma.overageCharge.findMany({ where: { tenantId: tenant.id } });
    expect(charges.reduce((sum, charge) => sum.plus(charge.quantity.toFixed()), decimal(0)).toFixed()).toBe("20");
    expect(charges.reduce((sum, charge) => sum + charge.amountMinor, 0n)).toBe(2n);
    expect(charges.filter((charge) => charge.amountMinor === 0n).length).toBeLessThanOrEqual(1);
  });

  it("finds nothing to charge where no month runs", async () => {
    expect(await chargeNow(await world.on(), "now")).toEqual([]);
  });

  it("in any parts covers the month's overage exactly", async () => {
    const step = fc.record({ thousandths: fc.integer({ min: 1, max: 9_000_000 }), charges: fc.boolean() });
    const split = fc.array(step, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(split, async (steps) => {
        world.now = START_AT;
        const tenant = await world.on("team");
        const charges: OverageCharge[] = [];
        for (const [index, { thousandths, charges: chargesNow }] of steps.entries()) {
          await world.report(tenant, "job", decimal(thousandths).div(1_000).toFixed());
          if (chargesNow) charges.push(...(await chargeNow(tenant, `now-${index}`)));
        }
        world.now = END_AT;
        charges.push(...(await world.closeMonth(tenant, START_AT, "renewal")));
        const used = decimal(steps.reduce((sum, { thousandths }) => sum + thousandths, 0)).div(1_000);
        const price = { model: "per_unit" as const, unitPrice: "0.001" };
        const whole = rateOverage({ used, included: "10", billed: "0", price, currency: "usd" });
        const total = charges.reduce((sum, charge) => sum.plus(charge.quantity), decimal(0));
        expect(total.toFixed()).toBe(whole.quantity.toFixed());
        const amount = charges.reduce((sum, charge) => sum + charge.amountMinor, 0n);
        expect((await getUsage(world.ctx, tenant.id, START_AT)).overageMinor).toBe(amount);
        expect(amount).toBe(whole.amountMinor);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a charge", () => {
  it("notes where Stripe keeps it, and is found by its own tenant alone", async () => {
    const [tenant, other] = [await userOfThree(), await world.on("team")];
    const charges = await chargeNow(tenant, "now");
    const ids = charges.map((charge) => charge.id);
    const place = { chargeId: ids[0] ?? "", stripeInvoiceItemId: "ii_1", stripeInvoiceId: "in_1" };
    await attachCharge(world.db.prisma, { tenantId: tenant.id, ...place });
    const found = await findCharges(world.db.prisma, tenant.id, ids);
    expect(found.map((charge) => charge.stripeInvoiceId)).toEqual(["in_1", null, null]);
    expect({ ...found[0], stripeInvoiceItemId: null, stripeInvoiceId: null }).toEqual(charges[0]);
    expect(await findCharges(world.db.prisma, other.id, ids)).toEqual([]);
    await expect(attachCharge(world.db.prisma, { tenantId: other.id, ...place })).rejects.toThrow();
  });
});
