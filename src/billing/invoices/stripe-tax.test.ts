/** Taxes by place, end to end: asked for, quoted, charged, reversed, lost and found again. */
import { describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { shownTaxes, taxLabel, taxNotes } from "../kernel/tax";
import { commitQuote, getSubscription, quoteSubscription, type SubscriptionWish } from "../subscriptions";
import { getTenant, saveBillingDetails, type Tenant } from "../tenants";
import { recordUsage } from "../usage";
import { generateInvoice, getInvoice, getUpcomingInvoice, type InvoiceDetail, listInvoices } from ".";
import { problemText } from "./rules/statement";

const seller = { name: "Seller Inc.", address: ["1 Main St", "Dover DE 19901"], taxId: "EU372000041" };
const world = shareWorld({ settings: { taxMode: "stripe_tax", seller } });

const PLACES = {
  berlin: { line1: "Hauptstr. 1", city: "Berlin", postalCode: "10115", country: "DE" },
  newYork: { line1: "1 Main St", city: "New York", state: "NY", postalCode: "10001", country: "US" },
  nowhereTaxed: { line1: "1 Rue", city: "Antananarivo", postalCode: "101", country: "MG" },
};

async function live(
  place: keyof typeof PLACES | null,
  taxIds: Array<{ type: string; value: string }> = [],
): Promise<Tenant> {
  const tenant = await world.tenant({ ownClock: true, name: "Northlight" });
  if (place !== null) await settleIn(tenant, place, taxIds);
  return getTenant(world.ctx, tenant.id);
}

async function settleIn(
  tenant: Tenant,
  place: keyof typeof PLACES,
  taxIds: Array<{ type: string; value: string }> = [],
) {
  const who = {
    legalName: "Northlight GmbH",
    billingEmail: "billing@northlight.example",
    requestId: world.requestId(),
  };
  await saveBillingDetails(world.ctx, { tenantId: tenant.id, ...who, ...PLACES[place], taxIds, reason: "A test" });
  await world.drain();
}

const START: SubscriptionWish = {
  ...{ verb: "start", planKey: "professional", interval: "month", seats: null, promotionCode: null, trial: true },
};
const UPGRADE: SubscriptionWish = {
  ...{ verb: "change", planKey: "enterprise", interval: null, seats: null, promotionCode: null, timing: "policy" },
};

const quote = (tenant: Tenant, wish: SubscriptionWish) => quoteSubscription(world.ctx, { tenantId: tenant.id, wish });

async function commit(tenant: Tenant, quoteId: string) {
  const payer = { paymentMethodId: "pm_card_visa", canConfirm: false, reason: "A test" };
  const done = await commitQuote(world.ctx, { tenantId: tenant.id, quoteId, requestId: world.requestId(), ...payer });
  await world.drain();
  return done;
}

async function start(place: keyof typeof PLACES, taxIds: Array<{ type: string; value: string }> = []): Promise<Tenant> {
  const tenant = await live(place, taxIds);
  await commit(tenant, (await quote(tenant, START)).id);
  return tenant;
}

async function newest(tenant: Tenant): Promise<InvoiceDetail> {
  const [invoice] = await listInvoices(world.ctx, { tenantId: tenant.id, limit: 1 });
  return getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: invoice?.id ?? "" });
}

const use = (tenant: Tenant, quantity: string) =>
  recordUsage(world.ctx, {
    ...{ tenantId: tenant.id, meterKey: "quantum_job", quantity, unit: null, metadata: {}, key: null },
  });
const labels = (parts: InvoiceDetail["taxes"]) => shownTaxes(parts).map((part) => [taxLabel(part), part.amountMinor]);

describe("a start", () => {
  it("asks for an address before anything is promised", async () => {
    const tenant = await live(null);
    await expect(quote(tenant, START)).rejects.toMatchObject({ kind: "precondition", code: "tax.location_required" });
    await settleIn(tenant, "berlin");
    expect((await quote(tenant, START)).tax).toMatchObject({ amountMinor: 5_681n, percentage: null });
  });

  it("quotes the place's tax by rate and charges just that, on an invoice that names both parties", async () => {
    const tenant = await live("berlin");
    const promised = await quote(tenant, START);
    expect(labels(promised.tax.parts)).toEqual([["VAT Germany, 19%", 5_681n]]);
    expect(promised.dueNowMinor).toBe(35_581n);
    expect((await commit(tenant, promised.id)).chargedNowMinor).toBe(35_581n);
    const invoice = await newest(tenant);
    expect(invoice).toMatchObject({
      ...{ status: "paid", totalMinor: 35_581n, taxMinor: 5_681n, problem: null },
      seller: { name: "Seller Inc.", taxId: "EU372000041" },
      customer: { name: "Northlight GmbH", address: { city: "Berlin", country: "DE" } },
    });
    expect(invoice.taxes).toEqual(promised.tax.parts);
    // Who moves later has still lived there.
    await settleIn(tenant, "newYork");
    expect((await newest(tenant)).customer.address?.city).toBe("Berlin");
  });

  it("goes by the state in the United States, and charges none where the seller is not registered", async () => {
    const american = await quote(await live("newYork"), START);
    expect([american.tax.amountMinor, american.tax.parts[0]?.percentage]).toEqual([1_196n, "4"]);
    const untaxed = await quote(await live("nowhereTaxed"), START);
    expect([untaxed.tax.amountMinor, shownTaxes(untaxed.tax.parts)]).toEqual([0n, []]);
  });

  it("refuses a quote whose place has changed, with a fresh one", async () => {
    const tenant = await live("berlin");
    const promised = await quote(tenant, START);
    await settleIn(tenant, "newYork");
    await expect(commit(tenant, promised.id)).rejects.toMatchObject({ code: "quote.stale" });
  });

  it("reverses the charge for a business with a tax id, and says so", async () => {
    const tenant = await live("berlin", [{ type: "eu_vat", value: "DE000000000" }]);
    const promised = await quote(tenant, START);
    expect([promised.dueNowMinor, promised.tax.amountMinor]).toEqual([29_900n, 0n]);
    expect(labels(promised.tax.parts)).toEqual([["VAT Germany, reverse charge", 0n]]);
    await commit(tenant, promised.id);
    const invoice = await newest(tenant);
    expect(taxNotes(invoice.taxes)).toEqual([expect.stringMatching(/^Reverse charge: /)]);
    expect(invoice.customer.taxIds).toEqual([{ type: "eu_vat", value: "DE000000000" }]);
  });
});

describe("a running subscription", () => {
  it("is taxed on an upgrade as quoted", async () => {
    const tenant = await start("berlin");
    await world.advance("10 days", tenant);
    const promised = await quote(tenant, UPGRADE);
    expect(labels(promised.tax.parts)).toEqual([["VAT Germany, 19%", promised.tax.amountMinor]]);
    const { chargedNowMinor } = await commit(tenant, promised.id);
    expect(chargedNowMinor).toBe(promised.dueNowMinor);
    expect(await newest(tenant)).toMatchObject({
      totalMinor: promised.dueNowMinor,
      taxMinor: promised.tax.amountMinor,
    });
  });

  it("taxes a renewal with its overage as the preview said", async () => {
    const tenant = await start("berlin");
    await use(tenant, "145");
    const upcoming = await getUpcomingInvoice(world.ctx, tenant.id);
    expect(upcoming).toMatchObject({ subtotalMinor: 32_150n, taxMinor: 6_109n, totalMinor: 38_259n });
    await world.advance("32 days", tenant);
    const invoice = await newest(tenant);
    expect(invoice).toMatchObject({ status: "paid", subtotalMinor: 32_150n, taxMinor: 6_109n, totalMinor: 38_259n });
    expect(invoice.lines.map((line) => line.taxMinor)).toEqual(upcoming.lines.map((line) => line.taxMinor));
  });

  it("previews a month of an annual plan with the place's taxes, as it is then billed", async () => {
    const tenant = await live("berlin");
    await commit(tenant, (await quote(tenant, { ...START, interval: "year" })).id);
    await use(tenant, "145");
    const upcoming = await getUpcomingInvoice(world.ctx, tenant.id);
    expect(upcoming).toMatchObject({ subtotalMinor: 2_250n, taxMinor: 428n, totalMinor: 2_678n });
    await world.advance("32 days", tenant);
    expect(await newest(tenant)).toMatchObject({ status: "paid", subtotalMinor: 2_250n, totalMinor: 2_678n });
  });

  it("taxes overage on an invoice of its own", async () => {
    const tenant = await start("newYork");
    await use(tenant, "145");
    const bill = { tenantId: tenant.id, requestId: world.requestId(), reason: "A test" };
    const invoice = await generateInvoice(world.ctx, bill);
    expect(invoice).toMatchObject({ status: "paid", subtotalMinor: 2_250n, taxMinor: 90n, totalMinor: 2_340n });
  });

  it.each(["refund", "credit", "none"] as const)("ends now with its taxes given back: %s", async (settlement) => {
    const tenant = await start("berlin");
    await use(tenant, "145");
    await world.advance("10 days", tenant);
    const promised = await quote(tenant, { verb: "cancel", when: "now", settlement });
    await world.advance("90 seconds", tenant);
    const { chargedNowMinor } = await commit(tenant, promised.id);
    const back = promised.refundMinor + promised.creditMinor;
    expect(chargedNowMinor).toBe(settlement === "none" ? promised.dueNowMinor : -back);
    const final = await newest(tenant);
    expect([final.subtotalMinor, final.taxMinor, final.totalMinor]).toEqual([
      ...[promised.subtotalMinor, promised.tax.amountMinor, promised.totalMinor],
    ]);
    if (settlement !== "none") expect(back).toBeGreaterThan(0n);
    expect((await getSubscription(world.ctx, tenant.id)).subscription).toBeNull();
  });
});

describe("an address that is missing", () => {
  it("leaves a renewal untaxed, says so, and taxes again once it is known", async () => {
    const tenant = await start("berlin");
    await forgetAddress(tenant);
    await world.advance("32 days", tenant);
    const untaxed = await newest(tenant);
    expect(untaxed).toMatchObject({ status: "paid", taxMinor: 0n, totalMinor: 29_900n, problem: "untaxed" });
    expect(problemText("untaxed").text).toContain("billing details");
    await settleIn(tenant, "berlin");
    await world.advance("31 days", tenant);
    expect(await newest(tenant)).toMatchObject({ taxMinor: 5_681n, totalMinor: 35_581n, problem: null });
  });

  it("keeps an invoice of overage as a draft until it is known", async () => {
    const tenant = await start("berlin");
    await use(tenant, "145");
    await forgetAddress(tenant);
    const bill = { tenantId: tenant.id, requestId: world.requestId(), reason: "A test" };
    const waiting = await generateInvoice(world.ctx, bill);
    expect(waiting).toMatchObject({ status: "draft", problem: "needs_address", subtotalMinor: 2_250n });
    expect((await listInvoices(world.ctx, { tenantId: tenant.id, limit: 9 })).map(({ id }) => id)).toContain(
      waiting.id,
    );
    await settleIn(tenant, "berlin");
    await world.advance("1 hour", tenant);
    const issued = await getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: waiting.id });
    expect(issued).toMatchObject({ status: "paid", taxMinor: 428n, totalMinor: 2_678n, problem: null });
  });
});

/** As somebody does it at Stripe, who may take an address away that taxes depend on. */
async function forgetAddress(tenant: Tenant): Promise<void> {
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  const response = await fetch(`${world.sandbox.url}/v1/customers/${stripeCustomerId}`, {
    method: "POST",
    headers: { Authorization: "Bearer sk_test_sandbox", "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ address: "", "tax[validate_location]": "deferred" }),
  });
  expect(response.status).toBe(200);
  await world.drain();
}
