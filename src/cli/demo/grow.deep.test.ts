import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, type World } from "@/testing/world";
import { growDemo } from "./grow";

/** Every amount of the demo by tenant, without what is random: ids and keys. */
async function statement(world: World): Promise<unknown> {
  const { rows } = await world.db.pool.query(
    `select t.slug, i.number, i.status, i.total_minor::text, i.issued_at,
            (select string_agg(l.description || ' ' || l.amount_minor, ', ' order by l.position)
             from invoice_lines l where l.tenant_id = i.tenant_id and l.invoice_id = i.id) as lines
     from invoices i join tenants t on t.id = i.tenant_id order by t.slug, i.issued_at, i.number`,
  );
  return rows;
}

describe("the demo", () => {
  let first: World;
  let second: World;

  beforeAll(async () => {
    [first, second] = await Promise.all([createWorld(), createWorld()]);
    await Promise.all([first, second].map((world) => growDemo(world.ctx, world.control, () => {})));
  }, 240_000);
  afterAll(async () => {
    await Promise.all([first?.close(), second?.close()]);
  });

  it("shows a tenant of every kind: paying monthly and yearly, upgraded, overdue, lapsed, free", async () => {
    const { rows } = await first.db.pool.query(
      `select t.slug, t.stripe_test_clock_id as clock, s.plan_key as plan, s.interval, s.status
       from tenants t left join subscriptions s on s.tenant_id = t.id order by t.slug`,
    );
    expect(rows).toEqual([
      { slug: "atelier", clock: null, plan: null, interval: null, status: null },
      { slug: "demo", clock: null, plan: "professional", interval: "month", status: "active" },
      { slug: "helix", clock: null, plan: "research", interval: "year", status: "active" },
      { slug: "lapsed", clock: null, plan: "professional", interval: "month", status: "canceled" },
      { slug: "northwind", clock: null, plan: "enterprise", interval: "month", status: "active" },
      { slug: "umbra", clock: null, plan: "professional", interval: "month", status: "past_due" },
    ]);
    expect(first.complaints).toEqual([]);
  });

  it("is the same every time", async () => {
    const once = await statement(first);
    expect(once).toEqual(await statement(second));
    expect((once as unknown[]).length).toBeGreaterThan(20);
  });

  it("grows once: a second run finds nothing to do", async () => {
    const before = await statement(first);
    expect(await growDemo(first.ctx, first.control, () => {})).toEqual({ grown: [] });
    expect(await statement(first)).toEqual(before);
  });
});
