import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectionNames } from "../store/collections";
import { call, connect, startTestSandbox, type TestSandbox } from "../testing/start";

let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox();
});
afterAll(async () => {
  await test.close();
  expect(test.failures).toEqual([]);
});

const url = () => test.sandbox.url;
const recordCount = () => collectionNames.reduce((total, kind) => total + test.sandbox.store.size(kind), 0);

describe("parameters", () => {
  it.each([
    ["/v1/prices", "currency=usd", 400, "parameter_missing"],
    ["/v1/customers", "nonsense=1", 400, "parameter_unknown"],
    ["/v1/customers", "__proto__[x]=1", 400, "parameter_unknown"],
    ["/v1/customers", "metadata[__proto__]=1", 400, "parameter_invalid_string"],
    ["/v1/customers", "address=text", 400, "parameter_invalid_hash"],
    ["/v1/customers", "address[street]=x", 400, "parameter_unknown"],
    ["/v1/customers", "balance=1.5", 400, "parameter_invalid_integer"],
    ["/v1/customers", "balance=99999999999999999999", 400, "parameter_invalid_integer"],
    ["/v1/customers", "balance=", 400, "parameter_invalid_empty"],
    ["/v1/customers", "email[a]=b", 400, "parameter_invalid_string"],
    ["/v1/customers", "preferred_locales=en", 400, "parameter_invalid_array"],
    ["/v1/customers", "tax_exempt=perhaps", 400, "parameter_invalid_enum"],
    ["/v1/products", "name=x&active=yes", 400, "parameter_invalid_boolean"],
    ["/v1/tax_rates", "display_name=x&inclusive=false&percentage=8%25", 400, "parameter_invalid_decimal"],
    ["/v1/customers", "name=%E0%A4%A", 400, undefined],
    ["/v1/customers", "name[=1", 400, undefined],
    ["/v1/customers", "name=a&name[b]=c", 400, undefined],
    ["/v1/customers", `metadata${"[a]".repeat(50)}=1`, 400, undefined],
    ["/v1/customers", "cash_balance[settings][x]=1", 501, undefined],
    ["/v1/customers", "payment_method=pm_none", 400, "resource_missing"],
  ])("POST %s %s answers %i %s and changes nothing", async (path, body, status, code) => {
    const before = recordCount();
    const reply = await call(url(), path, { body });
    const error = reply.body.error as Record<string, unknown>;
    expect([reply.status, error.code]).toEqual([status, code]);
    expect(error.type).toBe("invalid_request_error");
    expect(typeof error.message).toBe("string");
    expect(recordCount()).toBe(before);
  });

  it("are named in Stripe's notation", async () => {
    const product = "currency=usd&unit_amount=1&product_data[name]=x";
    const reply = await call(url(), "/v1/prices", { body: `${product}&tiers[0][up_to]=none` });
    expect(reply.body.error).toMatchObject({ param: "tiers[0][up_to]" });
    const missing = await call(url(), "/v1/customers", { body: "shipping%5Bname%5D=x" });
    expect(missing.body.error).toMatchObject({ code: "parameter_missing", param: "shipping[address]" });
  });

  it("come as lists with and without indexes, raw and percent-encoded", async () => {
    for (const body of [
      "preferred_locales[]=a&preferred_locales[]=b",
      "preferred_locales%5B0%5D=a&preferred_locales%5B1%5D=b",
    ]) {
      const reply = await call(url(), "/v1/customers", { body });
      expect(reply.body.preferred_locales).toEqual(["a", "b"]);
    }
  });
});

describe("keys, versions and addresses", () => {
  it("need a test key", async () => {
    expect((await call(url(), "/v1/customers", { key: null })).status).toBe(401);
    const invalid = await call(url(), "/v1/customers", { key: "nonsense" });
    expect([invalid.status, invalid.body]).toMatchObject([401, { error: { type: "invalid_request_error" } }]);
    expect((await call(url(), "/v1/customers", { key: ["sk", "live", "123"].join("_") })).status).toBe(401);
    const basic = { authorization: `Basic ${Buffer.from("sk_test_sandbox:").toString("base64")}` };
    expect((await call(url(), "/v1/customers", { key: null, headers: basic })).status).toBe(200);
    await expect(connect(test.sandbox.port, { key: "bad" }).customers.list()).rejects.toMatchObject({
      type: "StripeAuthenticationError",
    });
  });

  it("speak one version and name every request", async () => {
    const old = await call(url(), "/v1/customers", { headers: { "stripe-version": "2020-08-27" } });
    expect(old.status).toBe(400);
    const reply = await call(url(), "/v1/customers");
    expect(reply.headers.get("stripe-version")).toBe("2026-10-28.endive");
    expect(reply.headers.get("request-id")).toMatch(/^req_/);
  });

  it("tell the unknown from the unsupported", async () => {
    const unknown = await call(url(), "/v1/nonsense");
    expect([unknown.status, unknown.body]).toMatchObject([404, { error: { type: "invalid_request_error" } }]);
    const unsupported = await call(url(), "/v1/payouts/po_1/cancel", { body: "" });
    expect(unsupported.status).toBe(501);
    expect(unsupported.headers.get("stripe-should-retry")).toBe("false");
    expect(JSON.stringify(unsupported.body)).toContain("not supported by the sandbox");
    await expect(test.stripe.payouts.list()).rejects.toMatchObject({ statusCode: 501 });
    await expect(test.stripe.customers.retrieve("cus_none")).rejects.toMatchObject({
      statusCode: 404,
      code: "resource_missing",
      param: "id",
    });
    const json = await call(url(), "/v1/customers", { body: "{}", headers: { "content-type": "application/json" } });
    expect(json.status).toBe(400);
  });
});

describe("idempotency keys", () => {
  it("replay the first result, also a refusal, and refuse other parameters", async () => {
    const { stripe } = test;
    const key = { idempotencyKey: "key-1" };
    const first = await stripe.customers.create({ name: "Once" }, key);
    const again = await stripe.customers.create({ name: "Once" }, key);
    expect(again.id).toBe(first.id);
    expect(again.lastResponse.headers["idempotent-replayed"]).toBe("true");
    await expect(stripe.customers.create({ name: "Twice" }, key)).rejects.toMatchObject({
      type: "StripeIdempotencyError",
      statusCode: 400,
    });
    const pay = () =>
      stripe.paymentIntents.create(
        { amount: 500, currency: "usd", payment_method: "pm_card_chargeDeclined", confirm: true },
        { idempotencyKey: "key-2" },
      );
    const [one, two] = [await pay().catch((error) => error), await pay().catch((error) => error)];
    expect(two).toMatchObject({ statusCode: 402, charge: one.charge });
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });

  it("stay free after a refused parameter", async () => {
    const key = { idempotencyKey: "key-3" };
    await expect(test.stripe.customers.create({ wrong: 1 } as never, key)).rejects.toMatchObject({ statusCode: 400 });
    expect((await test.stripe.customers.create({ name: "Right" }, key)).name).toBe("Right");
  });

  it("hold when the same request comes many times at once", async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => test.stripe.customers.create({ name: "Burst" }, { idempotencyKey: "key-4" })),
    );
    expect(new Set(replies.map(({ id }) => id)).size).toBe(1);
  });
});

describe("lists and expansion", () => {
  it("page in both directions, newest first", async () => {
    const { products } = test.stripe;
    const made: string[] = [];
    for (let count = 0; count < 7; count += 1) made.push((await products.create({ name: `P${count}` })).id);
    const newestFirst = made.toReversed();
    const first = await products.list({ limit: 3 });
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([newestFirst.slice(0, 3), true]);
    const back = await products.list({ limit: 2, ending_before: newestFirst[4] ?? "" });
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([newestFirst.slice(2, 4), true]);
    const all: string[] = [];
    for await (const product of products.list({ limit: 2 })) all.push(product.id);
    expect(all).toEqual(newestFirst);
    await expect(products.list({ starting_after: "prod_none" })).rejects.toMatchObject({ statusCode: 400 });
    await expect(products.list({ limit: 101 })).rejects.toMatchObject({ param: "limit" });
    const created = first.data[0]?.created ?? 0;
    expect((await products.list({ created: { gt: created } })).data).toHaveLength(0);
    expect((await products.list({ created: { gte: created - 60, lte: created } })).data).toHaveLength(7);
  });

  it("expand ids into objects, to four levels, and refuse what is no reference", async () => {
    const { stripe } = test;
    const customer = await stripe.customers.create({ payment_method: "pm_card_visa" });
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    await stripe.paymentIntents.create({
      amount: 500,
      currency: "usd",
      customer: customer.id,
      payment_method: method?.id ?? "",
      confirm: true,
    });
    const [intent] = (
      await stripe.paymentIntents.list({
        customer: customer.id,
        expand: ["data.latest_charge.payment_intent.payment_method", "data.customer"],
      })
    ).data;
    expect(intent).toMatchObject({
      customer: { id: customer.id },
      latest_charge: { payment_intent: { payment_method: { id: method?.id, customer: customer.id } } },
    });
    const wrong = { expand: ["email"] };
    await expect(stripe.customers.retrieve(customer.id, wrong)).rejects.toMatchObject({ param: "expand" });
    await expect(stripe.customers.retrieve(customer.id, { expand: ["a.b.c.d.e"] })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});
