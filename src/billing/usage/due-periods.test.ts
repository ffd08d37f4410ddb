/** Which periods wait for their bill: what has ended and is open, who closes it, and when the clock has to come back. */
import { expect, it } from "vitest";
import { END_AT, renewUsageWorld, START_AT } from "@/testing/usage-world";
import { createTenant } from "../tenants";
import { listTenantsWithEndedPeriods, loadOpenPeriods, nextPeriodEndAt } from ".";

// Every test asks for the earliest end of all tenants, so each has a database of its own.
const world = renewUsageWorld();

it("nothing is due before a period ends, the period is from its end on, and not once it is closed", async () => {
  const tenant = await world.on("team");
  const due = (endedBy: Date) => loadOpenPeriods(world.db.prisma, { tenantId: tenant.id, endedBy });
  expect(await due(new Date(END_AT.getTime() - 1))).toEqual([]);
  expect(await due(END_AT)).toMatchObject([{ startAt: START_AT, endAt: END_AT, closedBy: "renewal" }]);
  expect(await listTenantsWithEndedPeriods(world.db, END_AT)).toEqual([{ tenantId: tenant.id, endedAt: END_AT }]);
  world.now = END_AT;
  await world.closeMonth(tenant, START_AT, "op_close");
  expect(await due(END_AT)).toEqual([]);
  expect(await listTenantsWithEndedPeriods(world.db, END_AT)).toEqual([]);
});

it("a paid month that is cut short is due at the cut and left to the clock", async () => {
  const tenant = await world.on("team");
  const cutAt = new Date("2027-02-10T00:00:00Z");
  await world.enter(tenant, "free", cutAt);
  const due = await loadOpenPeriods(world.db.prisma, { tenantId: tenant.id, endedBy: cutAt });
  expect(due).toMatchObject([{ startAt: START_AT, endAt: cutAt, closedBy: "clock" }]);
  expect(await nextPeriodEndAt(world.db, null, START_AT)).toEqual(cutAt);
});

it("the clock comes back for free and annual months, never for those a renewal closes", async () => {
  expect(await nextPeriodEndAt(world.db, null, START_AT)).toBeNull();
  await world.on("team");
  expect(await nextPeriodEndAt(world.db, null, START_AT)).toBeNull();
  await world.on("team", { interval: "year" });
  expect(await nextPeriodEndAt(world.db, null, START_AT)).toEqual(END_AT);
  const free = await world.on();
  await world.report(free, "job", "1");
  expect(await nextPeriodEndAt(world.db, null, START_AT)).toEqual(new Date("2027-02-01T00:00:00Z"));
});

it("each clock has its own next end, and an end that has passed is not a stop", async () => {
  const stripeTestClockId = "clock_of_its_own";
  const walker = await createTenant(world.ctx, { name: "Walker", billingEmail: "w@example.test", stripeTestClockId });
  await world.report(walker, "job", "1");
  const endAt = new Date("2027-02-01T00:00:00Z");
  expect(await nextPeriodEndAt(world.db, null, START_AT)).toBeNull();
  expect(await nextPeriodEndAt(world.db, "clock_of_nobody", START_AT)).toBeNull();
  expect(await nextPeriodEndAt(world.db, stripeTestClockId, START_AT)).toEqual(endAt);
  expect(await nextPeriodEndAt(world.db, stripeTestClockId, endAt)).toBeNull();
});

it("all tenants that are due are found, however many pages they take, each once", async () => {
  const tenants = [];
  for (let count = 0; count < 5; count += 1) tenants.push(await world.on("team"));
  const [first] = tenants;
  if (first) await world.enter(first, "free", new Date("2027-02-10T00:00:00Z"));
  const all = tenants.map((tenant) => tenant.id).sort();
  const later = new Date("2027-04-01T00:00:00Z");
  for (const pageSize of [1, 2, 5, 1_000]) {
    const listed = await listTenantsWithEndedPeriods(world.db, later, pageSize);
    expect(listed.map(({ tenantId }) => tenantId).sort()).toEqual(all);
  }
});
