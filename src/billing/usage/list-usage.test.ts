/** Lists of usage: days end at midnight UTC, each meter keeps its aggregation, and no tenant reads another's reports. */
import { expect, it } from "vitest";
import { END_AT, START_AT, shareUsageWorld } from "@/testing/usage-world";
import { dailyUsage, listUsageEvents, listUsagePeriods, recordUsage } from ".";

const world = shareUsageWorld();

const at = (time: string) => new Date(`2027-02-${time}Z`);

it("days are UTC days, aggregated as the meter is", async () => {
  const tenant = await world.on("team");
  for (const [time, quantity] of [
    ["01T23:59:59.999", "4"],
    ["02T00:00:00.000", "2.5"],
    ["02T12:00:00.000", "9"],
    ["02T18:00:00.000", "1"],
  ] as const) {
    world.now = at(time);
    for (const meterKey of ["job", "disk", "search", "seat"]) await world.report(tenant, meterKey, quantity);
  }
  const days = await dailyUsage(world.ctx, { tenantId: tenant.id, periodStartAt: START_AT });
  expect(days.map((day) => [day.day, day.meterKey, day.quantity, day.eventCount])).toEqual([
    ["2027-02-01", "disk", "4", 1n],
    ["2027-02-01", "job", "4", 1n],
    ["2027-02-01", "search", "1", 1n],
    ["2027-02-01", "seat", "4", 1n],
    ["2027-02-02", "disk", "9", 3n],
    ["2027-02-02", "job", "12.5", 3n],
    ["2027-02-02", "search", "3", 3n],
    ["2027-02-02", "seat", "1", 3n],
  ]);
});

it("the reports behind a meter come newest first, bounded, with the content that was sent", async () => {
  const tenant = await world.on("team");
  const metadata = { backend: "torino", shots: 4000, dry: false, note: null };
  for (const day of ["03", "04", "05"]) {
    world.now = at(`${day}T10:00:00`);
    await recordUsage(world.ctx, {
      ...{ tenantId: tenant.id, meterKey: "job", quantity: "0.000000000001", unit: "JOB", metadata },
      key: `job of ${day}`,
    });
  }
  await world.report(tenant, "disk", "1");
  const where = { tenantId: tenant.id, meterKey: "job", periodStartAt: START_AT };
  const newest = await listUsageEvents(world.ctx, { ...where, limit: 2 });
  expect(newest.map((event) => event.key)).toEqual(["job of 05", "job of 04"]);
  expect(newest[0]).toEqual({
    key: "job of 05",
    meterKey: "job",
    quantity: "0.000000000001",
    unit: "jobs",
    occurredAt: at("05T10:00:00"),
    metadata,
  });
  expect(await listUsageEvents(world.ctx, { ...where, limit: -5 })).toHaveLength(1);
});

it("neither list shows another tenant's reports or another month's", async () => {
  const tenant = await world.on("team");
  const other = await world.on("team");
  await world.report(other, "job", "3");
  const where = { tenantId: tenant.id, periodStartAt: START_AT };
  expect(await listUsageEvents(world.ctx, { ...where, meterKey: "job", limit: 10 })).toEqual([]);
  expect(await dailyUsage(world.ctx, where)).toEqual([]);
  expect(await dailyUsage(world.ctx, { tenantId: other.id, periodStartAt: END_AT })).toEqual([]);
});

it("periods begin with the running one, also where nothing has been written", async () => {
  const fresh = await world.on();
  const calendar = { startAt: new Date("2027-01-01T00:00:00Z"), endAt: new Date("2027-02-01T00:00:00Z") };
  const [only, ...rest] = await listUsagePeriods(world.ctx, fresh.id);
  expect([only, rest]).toMatchObject([{ ...calendar, status: "open", planKey: "free", closedAt: null }, []]);
  expect(await world.db.prisma.usagePeriod.count({ where: { tenantId: fresh.id } })).toBe(0);

  const tenant = await world.on("team");
  world.now = new Date(END_AT.getTime() + 1_000);
  const periods = await listUsagePeriods(world.ctx, tenant.id);
  expect(periods.map((period) => [period.startAt, period.status])).toEqual([
    [END_AT, "open"],
    [START_AT, "open"],
  ]);
});
