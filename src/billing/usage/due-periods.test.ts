/** Which periods wait for their bill: what has ended and is open, who closes it, and when the clock has to come back. */
import { afterAll, beforeEach, expect, it } from "vitest";
import { createUsageWorld, END_AT, START_AT, type UsageWorld } from "@/testing/usage-world";
import { createTenant } from "../tenants";
import { listTenantsWithEndedPeriods, loadOpenPeriods, nextPeriodEndAt } from ".";

let world: UsageWorld | undefined;

// Every test asks for the earliest end of all tenants, so each has a database of its own.
beforeEach(async () => {
  await world?.close();
  world = await createUsageWorld();
});
afterAll(() => world?.close());

function here(): UsageWorld {
  if (!world) throw new Error("the world is open");
  return world;
}

it("nothing is due before a period ends, the period is from its end on, and not once it is closed", async () => {
  const w = here();
  const tenant = await w.on("team");
  const due = (endedBy: Date) => loadOpenPeriods(w.db.prisma, { tenantId: tenant.id, endedBy });
  expect(await due(new Date(END_AT.getTime() - 1))).toEqual([]);
  expect(await due(END_AT)).toMatchObject([{ startAt: START_AT, endAt: END_AT, closedBy: "renewal" }]);
  expect(await listTenantsWithEndedPeriods(w.db, END_AT)).toEqual([tenant.id]);
  w.now = END_AT;
  await w.closeMonth(tenant, START_AT, "op_close");
  expect(await due(END_AT)).toEqual([]);
  expect(await listTenantsWithEndedPeriods(w.db, END_AT)).toEqual([]);
});

it("a paid month that is cut short is due at the cut and left to the clock", async () => {
  const w = here();
  const tenant = await w.on("team");
  const cutAt = new Date("2027-02-10T00:00:00Z");
  await w.enter(tenant, "free", cutAt);
  const due = await loadOpenPeriods(w.db.prisma, { tenantId: tenant.id, endedBy: cutAt });
  expect(due).toMatchObject([{ startAt: START_AT, endAt: cutAt, closedBy: "clock" }]);
  expect(await nextPeriodEndAt(w.db, null, START_AT)).toEqual(cutAt);
});

it("the clock comes back for free and annual months, never for those a renewal closes", async () => {
  const w = here();
  expect(await nextPeriodEndAt(w.db, null, START_AT)).toBeNull();
  await w.on("team");
  expect(await nextPeriodEndAt(w.db, null, START_AT)).toBeNull();
  await w.on("team", { interval: "year" });
  expect(await nextPeriodEndAt(w.db, null, START_AT)).toEqual(END_AT);
  const free = await w.on();
  await w.report(free, "job", "1");
  expect(await nextPeriodEndAt(w.db, null, START_AT)).toEqual(new Date("2027-02-01T00:00:00Z"));
});

it("each clock has its own next end, and an end that has passed is not a stop", async () => {
  const w = here();
  const stripeTestClockId = "clock_of_its_own";
  const walker = await createTenant(w.ctx, { name: "Walker", billingEmail: "w@example.test", stripeTestClockId });
  await w.report(walker, "job", "1");
  const endAt = new Date("2027-02-01T00:00:00Z");
  expect(await nextPeriodEndAt(w.db, null, START_AT)).toBeNull();
  expect(await nextPeriodEndAt(w.db, "clock_of_nobody", START_AT)).toBeNull();
  expect(await nextPeriodEndAt(w.db, stripeTestClockId, START_AT)).toEqual(endAt);
  expect(await nextPeriodEndAt(w.db, stripeTestClockId, endAt)).toBeNull();
});

it("all tenants that are due are found, however many pages they take, each once", async () => {
  const w = here();
  const tenants = [];
  for (let count = 0; count < 5; count += 1) tenants.push(await w.on("team"));
  const [first] = tenants;
  if (first) await w.enter(first, "free", new Date("2027-02-10T00:00:00Z"));
  const all = tenants.map((tenant) => tenant.id).sort();
  const later = new Date("2027-04-01T00:00:00Z");
  for (const pageSize of [1, 2, 5, 1_000]) {
    expect((await listTenantsWithEndedPeriods(w.db, later, pageSize)).sort()).toEqual(all);
  }
});
