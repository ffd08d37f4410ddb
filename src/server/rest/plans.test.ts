/** What a plan costs and includes, whole, from a catalog that uses everything; and the history of one that has seats. */
import { describe, expect, it } from "vitest";
import { fullCatalog } from "@/testing/full-catalog";
import { shareRestWorld } from "@/testing/rest-world";

const world = shareRestWorld({ catalog: fullCatalog });

type Plan = Record<string, unknown> & { id: string; usage: Array<{ usage_type: string }> };

async function plan(id: string): Promise<Plan | undefined> {
  const { body } = await world.call("GET", "/plans");
  return (body as Plan[]).find((one) => one.id === id);
}

describe("GET /plans", () => {
  it("tells currency, trial and what is not sold by the seat", async () => {
    expect(await plan("team")).toMatchObject({
      ...{ price_monthly: 20, price_annual: 200, currency: "usd", features: [], seats: null },
      trial: { days: 14, payment_method: "optional" },
    });
    expect(await plan("free")).toMatchObject({ trial: null, features: [{ label: "HIPAA", included: false }] });
  });

  it("tells what seats cost and how many there are", async () => {
    expect(await plan("studio")).toMatchObject({
      trial: null,
      features: [{ label: "HIPAA", included: true }],
      seats: { included: 3, price_monthly: 8, price_annual: 80, max: 40 },
    });
  });

  it("tells of each meter what is included and what more costs, in every price model", async () => {
    const studio = await plan("studio");
    expect(studio?.usage).toEqual([
      {
        ...{ usage_type: "call", unit: "call", included: 1000, limit: "soft" },
        overage: {
          model: "graduated",
          tiers: [
            { up_to: 1000, unit_price: 0.01 },
            { up_to: 5000, unit_price: 0.005 },
            { up_to: null, unit_price: 0.001 },
          ],
        },
      },
      {
        ...{ usage_type: "disk", unit: "disk", included: 10, limit: "soft" },
        overage: {
          model: "volume",
          tiers: [
            { up_to: 90, unit_price: 0.2 },
            { up_to: null, unit_price: 0.1 },
          ],
        },
      },
      {
        ...{ usage_type: "mail", unit: "mail", included: 0, limit: "soft" },
        overage: { model: "package", size: 2, price: 1.5, rounding: "up" },
      },
      {
        ...{ usage_type: "user", unit: "user", included: 2, limit: "soft" },
        overage: { model: "per_unit", unit_price: 3 },
      },
      {
        ...{ usage_type: "level", unit: "level", included: 0, limit: "soft" },
        overage: { model: "per_unit", unit_price: 0.00001 },
      },
    ]);
    const free = await plan("free");
    expect(free?.usage[0]).toEqual({ usage_type: "call", unit: "call", included: 100, limit: "hard", overage: null });
    expect(await plan("enterprise")).toMatchObject({
      ...{ price_monthly: null, price_annual: null },
      usage: expect.arrayContaining([
        { usage_type: "call", unit: "call", included: null, limit: "soft", overage: null },
      ]),
    });
  });

  it("describes its fields with their units", async () => {
    const { body } = await world.call("GET", "/openapi.json", { key: null });
    const text = JSON.stringify((body as { components: { schemas: { Plan: object } } }).components.schemas.Plan);
    for (const field of ["currency", "trial", "seats", "usage", "overage", "features"]) {
      expect(text).toContain(`"${field}":{`);
    }
    expect(text).toContain("ISO 4217");
  });
});

describe("GET /subscriptions/{tenant_id}/history", () => {
  interface Line {
    id: string;
    kind: string;
    from_seats: number | null;
    to_seats: number | null;
  }
  const history = async (tenant: string, query: string) => {
    const answer = await world.call("GET", `/subscriptions/${tenant}/history?${query}`);
    return { ...answer, lines: answer.body as Line[] };
  };

  it("tells seats before and after, and goes on where a page ended", async () => {
    const tenant = await world.tenant({ plan: "studio", ownClock: true });
    for (const seats of [5, 8]) {
      await world.call("PUT", `/subscriptions/${tenant.id}`, { body: { plan: "studio", seats } });
    }
    const all = (await history(tenant.id, "")).lines;
    expect(all.map(({ kind, from_seats, to_seats }) => `${kind} ${from_seats} ${to_seats}`)).toEqual([
      ...["seats_changed 5 8", "seats_changed 3 5", "created null 3"],
    ]);
    // All of one second: the order of writing decides.
    const first = (await history(tenant.id, "limit=1")).lines;
    expect(first).toEqual(all.slice(0, 1));
    expect((await history(tenant.id, `limit=1&starting_after=${all[0]?.id}`)).lines).toEqual(all.slice(1, 2));
    expect((await history(tenant.id, `starting_after=${all[0]?.id}`)).lines).toEqual(all.slice(1));
    expect((await history(tenant.id, `starting_after=${all[2]?.id}`)).lines).toEqual([]);
  });

  it("knows no line of other tenants to go on from", async () => {
    const [mine, theirs] = [await world.tenant({ plan: "studio" }), await world.tenant({ plan: "studio" })];
    const [line] = (await history(theirs.id, "")).lines;
    for (const id of [line?.id, "sch_unknown"]) {
      const refused = await history(mine.id, `starting_after=${id}`);
      expect(refused).toMatchObject({
        status: 400,
        body: { code: "request.invalid", param: "starting_after" },
      });
    }
  });
});
