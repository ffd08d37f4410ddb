import { describe, expect, it } from "vitest";
import { getInvoice } from "@/billing/invoices";
import { commitQuote, quoteSubscription } from "@/billing/subscriptions";
import { shareRestWorld } from "@/testing/rest-world";

const world = shareRestWorld();

async function useTheSeedsMonth(slug: string): Promise<void> {
  const reports = [
    { usage_type: "quantum_job", quantity: 145, unit: "jobs" },
    { usage_type: "storage", quantity: 40, unit: "GB" },
    { usage_type: "storage", quantity: 62.5, unit: "GB" },
    { usage_type: "storage", quantity: 10, unit: "GB" },
    { usage_type: "api_call", quantity: 1247 },
  ];
  for (const body of reports) expect((await world.call("POST", `/usage/${slug}`, { body })).status).toBe(201);
}

const LINES = [
  { description: "Professional Plan", quantity: 1, unit_price: 299, amount: 299 },
  { description: "Additional Quantum Jobs", quantity: 45, unit_price: 0.5, amount: 22.5 },
  { description: "Additional Storage", quantity: 12.5, unit_price: 0.1, amount: 1.25 },
  { description: "Additional API Calls", quantity: 1247, unit_price: 0.001, amount: 1.25 },
];

describe("the worked example", () => {
  it("is previewed, renewed, numbered and paid with the same numbers", async () => {
    await world.tenant({ slug: "worked", plan: "professional", ownClock: true });
    const tenant = await world.db.prisma.tenant.findUniqueOrThrow({ where: { slug: "worked" } });
    await useTheSeedsMonth("worked");

    const upcoming = await world.call("GET", "/invoices/worked/upcoming");
    expect(upcoming.body).toMatchObject({
      lines: LINES,
      subtotal: 324,
      tax: 25.92,
      total: 349.92,
      amount_due: 349.92,
      currency: "usd",
      renews_at: "2026-02-15T10:00:00Z",
    });

    await world.advance("32 days", { ...tenant });
    const { body } = await world.call("GET", "/invoices/worked?limit=12");
    const [renewal, first] = body as Array<{ issued_at: string; due_at: string }>;
    expect(renewal).toMatchObject({
      invoice_number: "INV-2026-02-worked",
      subtotal: 324,
      tax: 25.92,
      total: 349.92,
      status: "paid",
    });
    expect(Date.parse(renewal?.due_at ?? "") - Date.parse(renewal?.issued_at ?? "")).toBe(15 * 86_400_000);
    expect(first).toMatchObject({ invoice_number: "INV-2026-01-worked", subtotal: 299, total: 322.92, status: "paid" });
  });
});

describe("POST /invoices/{tenant_id}/generate", () => {
  it("bills the overage so far, once, and the renewal does not bill it again", async () => {
    await world.tenant({ slug: "generated", plan: "professional" });
    await useTheSeedsMonth("generated");
    const generated = await world.call("POST", "/invoices/generated/generate", { idempotencyKey: "now" });
    expect(generated.status).toBe(201);
    expect(generated.body).toEqual({
      id: expect.any(String),
      invoice_number: "INV-2026-01-generated-2",
      subtotal: 25,
      tax: 2,
      total: 27,
      status: "paid",
      due_at: expect.stringMatching(/^2026-01-30T/),
    });
    const replayed = await world.call("POST", "/invoices/generated/generate", { idempotencyKey: "now" });
    expect(replayed.body).toEqual(generated.body);
    const again = await world.call("POST", "/invoices/generated/generate");
    expect(again).toMatchObject({ status: 422, body: { code: "invoice.nothing_to_bill" } });
    await world.call("POST", "/usage/generated", { body: { usage_type: "quantum_job", quantity: 3 } });
    const { body } = await world.call("GET", "/invoices/generated/upcoming");
    expect(body).toMatchObject({
      lines: [LINES[0], { description: "Additional Quantum Jobs", quantity: 3, unit_price: 0.5, amount: 1.5 }],
      subtotal: 300.5,
    });
  });

  it("takes no fields", async () => {
    await world.tenant({ slug: "strict", plan: "professional" });
    const refused = await world.call("POST", "/invoices/strict/generate", { body: { amount: 1 } });
    expect(refused).toMatchObject({ status: 400, body: { code: "request.unknown_field", param: "amount" } });
  });
});

describe("GET /invoices/{tenant_id}", () => {
  it("is empty for a tenant that never paid, and lists newest first up to the limit", async () => {
    await world.tenant({ slug: "never-paid" });
    expect((await world.call("GET", "/invoices/never-paid")).body).toEqual([]);
    expect((await world.call("GET", "/invoices/generated?limit=1")).body).toMatchObject([
      { invoice_number: "INV-2026-01-generated-2" },
    ]);
  });

  it.each(["0", "101", "many", "1.5"])("refuses limit=%s", async (limit) => {
    const refused = await world.call("GET", `/invoices/generated?limit=${limit}`);
    expect(refused).toMatchObject({ status: 400, body: { code: "request.invalid", param: "limit" } });
  });
});

it("an upgrade's invoice is pending while its bank is asked, and not failed", async () => {
  const tenant = await world.tenant({ plan: "professional", ownClock: true });
  const methods = `/subscriptions/${tenant.id}/payment-methods`;
  const body = { payment_method_id: "pm_card_authenticationRequired", make_default: true };
  expect((await world.call("POST", methods, { body })).status).toBe(201);
  await world.advance("10 days", tenant);
  const wish = { verb: "change" as const, planKey: "enterprise", interval: null, seats: null, promotionCode: null };
  const quote = await quoteSubscription(world.ctx, { tenantId: tenant.id, wish: { ...wish, timing: "policy" } });
  const payer = { quoteId: quote.id, paymentMethodId: null, canConfirm: true };
  const said = { tenantId: tenant.id, requestId: world.requestId(), reason: "A test" };
  expect(await commitQuote(world.ctx, { ...said, ...payer })).toMatchObject({ confirmation: { intent: "payment" } });
  await world.drain();
  const [waiting] = (await world.call("GET", `/invoices/${tenant.id}`)).body as Array<{ id: string; status: string }>;
  expect(waiting).toMatchObject({ status: "pending" });
  const shown = await getInvoice(world.ctx, { tenantId: tenant.id, invoiceId: waiting?.id ?? "" });
  expect(shown).toMatchObject({ status: "open", billingReason: "subscription_update", paymentFailed: false });
});
