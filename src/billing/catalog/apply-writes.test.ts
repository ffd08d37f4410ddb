/** What applying a catalog writes to Stripe: nothing the second time, and after a break at any write just what is missing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStripeGateway } from "@/stripe/live";
import { type HttpTap, openHttpTap } from "@/testing/http-tap";
import { shareWorld } from "@/testing/world";
import type { BillingContext } from "../context";
import { applyCatalog, type Catalog, getCatalog, loadCatalogFile } from ".";

const world = shareWorld();
let tap: HttpTap;
let ctx: BillingContext;

beforeAll(async () => {
  tap = await openHttpTap(world.sandbox.url);
  const options = { secretKey: "sk_test_sandbox", sandboxUrl: tap.url, maxNetworkRetries: 0 };
  ctx = { ...world.ctx, stripe: createStripeGateway(options) };
});
afterAll(async () => {
  await tap?.close();
});

interface Price {
  id: string;
  lookup_key: string | null;
  unit_amount: number;
}

async function atStripe(kind: string): Promise<Price[]> {
  const headers = { Authorization: "Bearer sk_test_sandbox" };
  const all: Price[] = [];
  for (let more = true; more; ) {
    const after = all.length === 0 ? "" : `&starting_after=${all.at(-1)?.id}`;
    const response = await fetch(`${world.sandbox.url}/v1/${kind}?limit=100${after}`, { headers });
    const page = (await response.json()) as { data: Price[]; has_more: boolean };
    all.push(...page.data);
    more = page.has_more;
  }
  return all;
}

const counts = async () =>
  Promise.all(["products", "prices", "tax_rates"].map(async (kind) => (await atStripe(kind)).length));

/** One plan with new prices by the month and the year, for itself and for a seat, and a new tax rate: seven writes. */
async function changedCatalog(serial: number): Promise<Catalog> {
  const catalog = structuredClone(await loadCatalogFile("dnalang"));
  const plan = catalog.plans.find(({ key }) => key === "professional");
  if (!plan) throw new Error("The preset has a professional plan.");
  Object.assign(plan, { monthlyPrice: `${300 + serial}.00`, annualPrice: `${3_000 + serial}.00` });
  plan.seats = { included: 1, monthlyPrice: `${10 + serial}.00`, annualPrice: `${100 + serial}.00`, max: null };
  catalog.tax = { displayName: "VAT", percentage: `${10 + serial / 10}` };
  return catalog;
}

describe("writes to Stripe", () => {
  it.each(["dnalang", "daur"])("of %s are none the second time", async (preset) => {
    const catalog = await loadCatalogFile(preset);
    tap.reset();
    await applyCatalog(ctx, catalog);
    const first = [...tap.writes];
    if (preset === "daur") expect(first.length).toBeGreaterThan(0);
    tap.reset();
    const again = await applyCatalog(ctx, catalog);
    expect(again).toMatchObject({ created: [], archived: [], repaired: [] });
    expect(tap.writes).toEqual([]);
  });

  it("are two products, four prices and a tax rate for a plan with seats that changed", async () => {
    tap.reset();
    await applyCatalog(ctx, await changedCatalog(0));
    const kinds = tap.writes.map((path) => path.replace("/v1/", "")).sort();
    expect(kinds).toEqual(["prices", "prices", "prices", "prices", "products", "products", "tax_rates"]);
  });
});

describe("a break", () => {
  const places = [0, 1, 2, 3, 4, 5, 6].flatMap((write) =>
    (["before", "after"] as const).map((when) => [when, write] as const),
  );

  it.each(places)(
    "%s write %i leaves the old catalog; the next apply makes what is missing and no more",
    async (when, write) => {
      const catalog = await changedCatalog(1 + write * 2 + (when === "after" ? 1 : 0));
      const [before, inForce] = [await counts(), await getCatalog(world.ctx)];
      tap.reset();
      tap.breakAt(write, when);
      await expect(applyCatalog(ctx, catalog)).rejects.toMatchObject({ code: "stripe.unavailable", retryable: true });
      const left = await getCatalog(world.ctx);
      expect([left.tax, left.plans.map(({ id }) => id)]).toEqual([inForce.tax, inForce.plans.map(({ id }) => id)]);
      tap.reset();
      const { created } = await applyCatalog(ctx, catalog);
      expect(created).toHaveLength(1);
      // A write whose answer was lost is asked again only where nothing can find it: Stripe knows its key.
      expect(await counts()).toEqual(before.map((count, index) => count + ([2, 4, 1][index] ?? 0)));
      const prices = (await atStripe("prices")).filter(({ lookup_key }) => lookup_key?.includes(created[0] ?? "none"));
      const plan = catalog.plans.find(({ key }) => key === "professional");
      expect(prices.map((price) => price.unit_amount).sort((a, b) => a - b)).toEqual(
        [plan?.seats?.monthlyPrice, plan?.seats?.annualPrice, plan?.monthlyPrice, plan?.annualPrice]
          .map((price) => Number(price) * 100)
          .sort((a, b) => a - b),
      );
      expect(new Set(prices.map((price) => price.lookup_key)).size).toBe(4);
      tap.reset();
      await applyCatalog(ctx, catalog);
      expect(tap.writes).toEqual([]);
    },
  );
});
