/** Search: the query language against real records, and its refusals. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, priceOf, type Stage, startStage } from "../billing/test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
  const { customers, subscriptions } = stage.stripe;
  await customers.create({ email: "ada@example.com", name: "Ada Lovelace", metadata: { plan: "pro" } });
  await customers.create({ email: "grace@example.com", name: "Grace O'Hara", metadata: { plan: "basic" } });
  await stage.advanceTo("2026-04-02T00:00:00Z");
  await customers.create({ email: "alan@example.com" });
  const customer = await customerWithCard(stage);
  const price = await priceOf(stage, 1_000);
  await subscriptions.create({ customer: customer.id, items: [{ price: price.id }], metadata: { seat: "7" } });
});
afterAll(() => stage.close());

describe("customers", () => {
  it.each([
    ["email:'grace@example.com'", ["grace"]],
    ["name~'lovelace'", ["ada"]],
    ["name:'Grace O\\'Hara'", ["grace"]],
    ["metadata['plan']:'pro' OR metadata[\"plan\"]:\"basic\"", ["grace", "ada"]],
    ["metadata['plan']:null AND name:null", ["alan"]],
    ["-metadata['plan']:'pro' AND created<1775088000", ["grace"]],
    ["created>=1775088000 AND name:null", ["alan"]],
  ])("%s", async (query, expected) => {
    const { data } = await stage.stripe.customers.search({ query });
    expect(data.map(({ email }) => email?.split("@")[0])).toEqual(expected);
  });

  it("come in pages", async () => {
    const first = await stage.stripe.customers.search({ query: "metadata['plan']:'pro' OR email~'gra'", limit: 1 });
    expect(first).toMatchObject({ object: "search_result", has_more: true });
    const all = await stage.stripe.customers
      .search({ query: "email~'example'", limit: 1 })
      .autoPagingToArray({ limit: 9 });
    expect(all).toHaveLength(4);
    expect(first.total_count).toBeUndefined();
    const counted = await stage.stripe.customers.search({
      query: "email~'example'",
      limit: 1,
      expand: ["total_count"],
    });
    expect(counted.total_count).toBe(4);
  });

  it.each([
    "",
    "email",
    "email:'a' AND",
    "email:'a' AND name:'b' OR name:'c'",
    "balance:'1'",
    "__proto__:'x'",
    "email>'a'",
    "created~'177'",
    "email~'ab'",
    "created:'yesterday'",
    "metadata['plan']~'pro'",
    "name:'a' OR",
    "-",
    "created>null",
  ])("refuses %j", async (query) => {
    await expect(stage.stripe.customers.search({ query })).rejects.toMatchObject({ statusCode: 400 });
  });
});

it("finds subscriptions and invoices", async () => {
  const { subscriptions, invoices } = stage.stripe;
  expect((await subscriptions.search({ query: "status:'active' AND metadata['seat']:'7'" })).data).toHaveLength(1);
  expect((await subscriptions.search({ query: "status:'canceled'" })).data).toHaveLength(0);
  expect((await invoices.search({ query: "total>999 AND status:'paid'" })).data).toHaveLength(1);
});

it.each([
  ["charges", "amount>=1000 AND status:'succeeded'", 1],
  ["charges", "payment_method_details.card.last4:'4242' AND refunded:'false'", 1],
  ["charges", "payment_method_details.card.brand:'mastercard' OR disputed:true", 0],
  ["paymentIntents", "amount:1000 AND -currency:'eur'", 1],
  ["paymentIntents", "status:'canceled'", 0],
  ["prices", "active:'true' AND type:'recurring' AND metadata['tier']:null", 1],
  ["prices", "lookup_key:'nothing'", 0],
  ["products", "name~'plan' AND active:true", 1],
  ["products", "name~'elephant'", 0],
] as const)("finds %s by %s", async (resource, query, count) => {
  const { data } = await stage.stripe[resource].search({ query });
  expect(data).toHaveLength(count);
});
