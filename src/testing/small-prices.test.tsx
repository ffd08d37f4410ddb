/** Prices of a thousandth of a cent: exact from the catalog through usage, quote, Stripe's item and the invoice to its PDF. */
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isValidElement, type ReactNode } from "react";
import { beforeAll, expect, it } from "vitest";
import { InvoiceDocument } from "@/app/_pdf/invoice-document";
import { getInvoice, getUpcomingInvoice, listInvoices } from "@/billing/invoices";
import { quoteSubscription, subscriptionWishSchema } from "@/billing/subscriptions";
import { getTenant } from "@/billing/tenants";
import { getUsage, recordUsage } from "@/billing/usage";
import { shareWorld } from "./world";

const CATALOG = `import { defineCatalog } from "@/billing/catalog";
const meter = (key: string) => ({ key, displayName: key, overageName: \`Additional \${key}\`, unit: key, unitPlural: \`\${key}s\`,
  aggregation: "sum" as const, limitKey: null, planField: null });
const words = { tagline: "", maxUsers: null, support: "Email", features: [] };
export const catalog = defineCatalog({
  key: "small", productName: "Small", currency: "usd", tax: { displayName: "Tax", percentage: "8" }, freePlan: "free",
  meters: [meter("token"), meter("byte")],
  plans: [
    { ...words, key: "free", name: "Free", monthlyPrice: "0", annualPrice: "0", allowances: [] },
    { ...words, key: "team", name: "Team", monthlyPrice: "20.00", annualPrice: "200.00", allowances: [
      { meter: "token", included: "0", limit: "soft", overage: { model: "per_unit", unitPrice: "0.00001" } },
      { meter: "byte", included: "0.5", limit: "soft", overage: { model: "per_unit", unitPrice: "0.00003" } } ] },
    { ...words, key: "big", name: "Big", monthlyPrice: "90.00", annualPrice: null, allowances: [
      { meter: "token", included: "0", limit: "soft", overage: { model: "per_unit", unitPrice: "0.00002" } } ] },
  ],
});
`;

const file = join(tmpdir(), `quittance-small-${process.pid}.ts`);
beforeAll(() => writeFile(file, CATALOG));
const world = shareWorld({ catalog: file });

/** All text of a document, as it will be drawn. */
function textsOf(node: ReactNode): string[] {
  if (typeof node === "string" || typeof node === "number") return [String(node)];
  if (Array.isArray(node)) return node.flatMap(textsOf);
  if (!isValidElement<{ children?: ReactNode }>(node)) return [];
  const { props, type } = node;
  return typeof type === "function" ? textsOf((type as (props: unknown) => ReactNode)(props)) : textsOf(props.children);
}

it("one thousandth of a cent is never rounded, and each line once", async () => {
  const { ctx } = world;
  const tenant = await world.tenant({ plan: "team", ownClock: true });
  const report = { tenantId: tenant.id, unit: null, metadata: {}, key: null };
  await recordUsage(ctx, { ...report, meterKey: "token", quantity: "1234567" });
  await recordUsage(ctx, { ...report, meterKey: "byte", quantity: "833333.833333333333" });
  // 1,234,567 × 0.00001 = 12.34567; 833,333.333333333333 × 0.00003 = 24.99999999999999.
  const overage = (await getUsage(ctx, tenant.id)).meters.map(({ overageMinor, overage: price }) => [
    overageMinor,
    price,
  ]);
  expect(overage).toEqual([
    [1_235n, { model: "per_unit", unitPrice: "0.00001" }],
    [2_500n, { model: "per_unit", unitPrice: "0.00003" }],
  ]);
  const up = subscriptionWishSchema.parse({ verb: "change", planKey: "big" });
  const { usage } = await quoteSubscription(ctx, { tenantId: tenant.id, wish: up });
  expect(usage.map((one) => [one.overageBeforeMinor, one.overageAfterMinor])).toEqual([
    [1_235n, 2_469n],
    [2_500n, 0n],
  ]);
  const end = subscriptionWishSchema.parse({ verb: "cancel", when: "now", settlement: "none" });
  const ended = await quoteSubscription(ctx, { tenantId: tenant.id, wish: end });
  expect(ended.lines.map((line) => `${line.kind} ${line.amountMinor}`).sort()).toEqual(["usage 1235", "usage 2500"]);
  const lines = [
    { kind: "plan", amountMinor: 2_000n },
    { meterKey: "token", quantity: "1234567", unitPrice: "0.00001", amountMinor: 1_235n },
    { meterKey: "byte", quantity: "833333.333333333333", unitPrice: "0.00003", amountMinor: 2_500n },
  ];
  const sums = { subtotalMinor: 5_735n, taxMinor: 459n, totalMinor: 6_194n };
  expect(await getUpcomingInvoice(ctx, tenant.id)).toMatchObject({ lines, ...sums });

  await world.advance("1 month", tenant);
  await world.advance("2 hours", tenant);
  const [newest] = await listInvoices(ctx, { tenantId: tenant.id, limit: 1 });
  const invoice = await getInvoice(ctx, { tenantId: tenant.id, invoiceId: newest?.id ?? "" });
  expect(invoice).toMatchObject({ status: "paid", lines, ...sums });
  const { stripeCustomerId } = await getTenant(ctx, tenant.id);
  const [atStripe] = await ctx.stripe.listInvoices(stripeCustomerId ?? "");
  expect(atStripe).toMatchObject({ totalMinor: 6_194n });
  expect(atStripe?.lines.map((line) => line.amountMinor).sort()).toEqual([1_235n, 2_000n, 2_500n]);

  const texts = textsOf(<InvoiceDocument invoice={invoice} timeZone="UTC" pageUrl="https://example.com/invoice" />);
  expect(texts).toEqual(expect.arrayContaining(["$0.00001", "$12.35", "$0.00003", "$25.00", "$61.94"]));
  expect(texts.join(" ")).toContain("1,234,567");
  expect(world.complaints).toEqual([]);
});
