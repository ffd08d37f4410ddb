/** How the API behaves around its objects: keys, repetitions, limits, ids that do not exist, metadata, pages, trouble. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, connect, startTestSandbox, type TestSandbox } from "./start";

let test: TestSandbox;
beforeAll(async () => {
  test = await startTestSandbox();
});
afterAll(async () => {
  await test.close();
  expect(test.failures).toEqual([]);
});

const customers = "/v1/customers";
const post = (path: string, body: string, key?: string, headers: Record<string, string> = {}) =>
  call(test.sandbox.url, path, {
    body,
    headers: { ...(key === undefined ? {} : { "idempotency-key": key }), ...headers },
  });
const errorOf = (reply: { body: Record<string, unknown> }) => reply.body.error as Record<string, unknown>;

describe("every reply", () => {
  it("names its request, the version and the key it came with", async () => {
    const ids = new Set<string | null>();
    for (const reply of [
      await post(customers, "name=A", "k-echo"),
      await post(customers, "wrong=1", "k-echo-2"),
      await call(test.sandbox.url, `${customers}/cus_none`),
      await call(test.sandbox.url, customers, { key: null }),
    ]) {
      expect(reply.headers.get("request-id")).toMatch(/^req_\w{14}$/);
      expect(reply.headers.get("stripe-version")).toBe("2026-10-28.endive");
      ids.add(reply.headers.get("request-id"));
    }
    expect(ids.size).toBe(4);
    expect((await post(customers, "name=A", "k-echo-3")).headers.get("idempotency-key")).toBe("k-echo-3");
    const made = await test.stripe.customers.create({ name: "A" });
    expect(made.lastResponse.requestId).toMatch(/^req_/);
  });
});

/** Key, version, path, then status, type and code. */
const doors = [
  [null, undefined, customers, 401, "invalid_request_error", undefined],
  ["", undefined, customers, 401, "invalid_request_error", undefined],
  ["nonsense", undefined, customers, 401, "invalid_request_error", undefined],
  ["pk_test_sandbox", undefined, customers, 401, "invalid_request_error", "secret_key_required"],
  ["rk_test_restricted", undefined, customers, 200, undefined, undefined],
  ["sk_test_sandbox", "2020-08-27", customers, 400, "invalid_request_error", undefined],
  ["sk_test_sandbox", "2026-10-28.endive", customers, 200, undefined, undefined],
  ["sk_test_sandbox", undefined, "/v1/nothing", 404, "invalid_request_error", undefined],
  ["sk_test_sandbox", undefined, "/v1/payouts", 501, "invalid_request_error", undefined],
] as const;

describe("who may come in", () => {
  it.each(doors)("key %s, version %s: %s answers %i", async (key, version, path, status, type, code) => {
    const reply = await call(test.sandbox.url, path, {
      key,
      headers: version === undefined ? {} : { "stripe-version": version },
    });
    expect([reply.status, errorOf(reply)?.type, errorOf(reply)?.code]).toEqual([status, type, code]);
  });
});

/** A first request, a second one under the same key, and what the second one meets. */
const repetitions = [
  ["the same", `${customers} name=A`, `${customers} name=A`, "replayed"],
  ["the same in another order", `${customers} name=A&phone=1`, `${customers} phone=1&name=A`, "replayed"],
  ["other parameters", `${customers} name=A`, `${customers} name=B`, "idempotency_error"],
  ["another endpoint", `${customers} name=A`, "/v1/products name=A", "idempotency_error"],
  ["after an unknown parameter", `${customers} wrong=1`, `${customers} name=A`, "fresh"],
  ["after a missing parameter", "/v1/products description=A", "/v1/products name=A", "fresh"],
  ["after a parameter of the wrong type", `${customers} balance=x`, `${customers} balance=1`, "fresh"],
  ["after a refusal once execution had begun", "/v1/refunds charge=ch_none", "/v1/refunds charge=ch_none", "replayed"],
] as const;

describe("a repeated key", () => {
  it.each(repetitions)("%s: %s then %s is %s", async (name, first, second, outcome) => {
    const send = (request: string) => {
      const [path = "", body = ""] = request.split(" ");
      return post(path, body, `repeat ${name}`);
    };
    const one = await send(first);
    const two = await send(second);
    if (outcome === "idempotency_error") {
      expect([two.status, errorOf(two).type]).toEqual([400, "idempotency_error"]);
      return;
    }
    const replays = outcome === "replayed";
    expect(two.headers.get("idempotent-replayed")).toBe(replays ? "true" : null);
    expect(two.headers.get("original-request")).toBe(replays ? one.headers.get("request-id") : null);
    if (replays) expect([two.status, two.body]).toEqual([one.status, one.body]);
    else expect([one.status, two.status]).toEqual([400, 200]);
  });

  it("holds for 24 hours", async () => {
    const first = await post(customers, "name=A", "k-day");
    const age = (hours: number) =>
      test.sandbox.store.transaction((tx) => {
        const stored = tx.get("stored_reply", "k-day");
        tx.put("stored_reply", { ...stored, storedAtMs: stored.storedAtMs - hours * 3_600_000 });
      });
    age(23.9);
    expect((await post(customers, "name=A", "k-day")).body.id).toBe(first.body.id);
    age(0.2);
    expect((await post(customers, "name=B", "k-day")).body).toMatchObject({ name: "B" });
  });

  it("has at most 255 characters", async () => {
    expect((await post(customers, "", "k".repeat(255))).status).toBe(200);
    expect((await post(customers, "", "k".repeat(256))).status).toBe(400);
  });

  it("means nothing to GET and DELETE", async () => {
    const { id } = await test.stripe.products.create({ name: "Gone" });
    const headers = { "idempotency-key": "k-delete" };
    const erase = () => call(test.sandbox.url, `/v1/products/${id}`, { method: "DELETE", headers });
    expect([(await erase()).status, (await erase()).status]).toEqual([200, 404]);
    const look = await call(test.sandbox.url, customers, { headers: { "idempotency-key": "k-day" } });
    expect([look.status, look.headers.get("idempotent-replayed")]).toEqual([200, null]);
  });
});

/** Trouble, how often, the client's retries; then how many customers there are of it and how the call ends. */
const trouble = [
  ["rate_limit", 1, 2, 0, "StripeRateLimitError"],
  ["lock_timeout", 2, 2, 1, null],
  ["lock_timeout", 3, 2, 0, "StripeRateLimitError"],
  ["key_in_use", 1, 2, 1, null],
  ["key_in_use", 3, 2, 0, "StripeAPIError"],
  ["api_error", 1, 2, 1, null],
  ["api_error", 1, 0, 0, "StripeAPIError"],
  ["api_error_after", 1, 2, 1, null],
  ["api_error_after", 1, 0, 1, "StripeAPIError"],
] as const;

describe("trouble on purpose", () => {
  it.each(trouble)("%s × %i, %i retries: %i made, %s", async (kind, count, retries, made, error) => {
    const email = `${kind}-${count}-${retries}@example.com`;
    const armed = await test.control("/faults", { kind, count, method: "post", path: customers });
    expect(armed).toEqual({ armed: { kind, count, method: "POST", path: customers } });
    const client = connect(test.sandbox.port, { maxNetworkRetries: retries });
    const outcome = await client.customers.create({ email }).then(
      () => null,
      (failure: { type: string }) => failure.type,
    );
    expect(outcome).toBe(error);
    expect((await test.stripe.customers.list({ email })).data).toHaveLength(made);
    expect(await test.control("/faults")).toEqual({ armed: null });
  });

  it("says what it is", async () => {
    const seen: unknown[] = [];
    for (const kind of ["rate_limit", "lock_timeout", "key_in_use", "api_error"]) {
      await test.control("/faults", { kind });
      const reply = await post(customers, "", `k-${kind}`);
      const { type, code } = errorOf(reply);
      const headers = ["stripe-should-retry", "stripe-rate-limited-reason"].map((name) => reply.headers.get(name));
      expect(reply.headers.get("request-id")).toMatch(/^req_/);
      seen.push([reply.status, type, code, ...headers]);
    }
    expect(seen).toEqual([
      [429, "invalid_request_error", "rate_limit", null, "endpoint-rate"],
      [429, "invalid_request_error", "lock_timeout", "true", null],
      [409, "idempotency_error", "idempotency_key_in_use", null, null],
      [500, "api_error", undefined, null, null],
    ]);
    expect(await test.control("/faults", { kind: "meteor" })).toHaveProperty("error");
    await test.control("/faults", { kind: "api_error", count: 5 });
    expect(await test.control("/faults", {})).toEqual({ armed: null });
  });
});

const missing: ReadonlyArray<readonly [string, string]> = [
  ["customers", "cus_none"],
  ["payment_methods", "pm_none"],
  ["payment_intents", "pi_none"],
  ["setup_intents", "seti_none"],
  ["charges", "ch_none"],
  ["refunds", "re_none"],
  ["products", "prod_none"],
  ["prices", "price_none"],
  ["subscriptions", "sub_none"],
  ["subscription_items", "si_none"],
  ["subscription_schedules", "sub_sched_none"],
  ["invoices", "in_none"],
  ["invoiceitems", "ii_none"],
  ["credit_notes", "cn_none"],
  ["coupons", "NONE"],
  ["promotion_codes", "promo_none"],
  ["tax_rates", "txr_none"],
  ["disputes", "du_none"],
  ["events", "evt_none"],
  ["webhook_endpoints", "we_none"],
  ["test_helpers/test_clocks", "clock_none"],
  ["checkout/sessions", "cs_test_none"],
];

describe("what does not exist", () => {
  it.each(missing)("/v1/%s/%s", async (path, id) => {
    const reply = await call(test.sandbox.url, `/v1/${path}/${id}`);
    expect(reply.status).toBe(404);
    expect(errorOf(reply)).toMatchObject({ type: "invalid_request_error", code: "resource_missing", param: "id" });
    expect(errorOf(reply).message).toMatch(new RegExp(`^No such [\\w. ]+: '${id}'$`));
  });
});

/** What is sent of metadata to a customer that has {a: "1", b: "2"}; then what it has, or 400. */
const metadata = [
  ["metadata[a]=3", { a: "3", b: "2" }],
  ["metadata[c]=3", { a: "1", b: "2", c: "3" }],
  ["metadata[a]=", { b: "2" }],
  ["metadata=", {}],
  ["name=x", { a: "1", b: "2" }],
  [`metadata[${"k".repeat(41)}]=x`, 400],
  [`metadata[a]=${"x".repeat(501)}`, 400],
  [Array.from({ length: 49 }, (_, index) => `metadata[k${index}]=x`).join("&"), 400],
] as const;

describe("metadata", () => {
  it.each(metadata)("%s", async (body, outcome) => {
    const { id } = await test.stripe.customers.create({ metadata: { a: "1", b: "2" } });
    const reply = await post(`${customers}/${id}`, body);
    if (outcome === 400)
      expect([reply.status, String(errorOf(reply).param)]).toEqual([400, expect.stringMatching(/^m/)]);
    else expect(reply.body.metadata).toEqual(outcome);
  });
});

/** A query of a list of 12; then how many come and whether there is more, or the parameter that is refused. */
const pages: ReadonlyArray<readonly [string, number | string | undefined, boolean?]> = [
  ["", 10, true],
  ["limit=1", 1, true],
  ["limit=12", 12, false],
  ["limit=100", 12, false],
  ["limit=0", "limit"],
  ["limit=101", "limit"],
  ["limit=x", "limit"],
  ["starting_after=prod_none", "starting_after"],
  ["starting_after=a&ending_before=b", undefined],
  ["include[]=total_count", "include"],
  ["expand[]=data.default_price", 10, true],
  ["expand[]=data.name", "expand"],
  ["expand[]=default_price", "expand"],
  ["expand[]=data.default_price.product.default_price", 10, true],
  ["expand[]=data.default_price.product.default_price.product", "expand"],
];

describe("a page", () => {
  it.each(pages)("%s", async (query, count, more) => {
    const known = (await test.stripe.products.list({ limit: 100 })).data.length;
    for (let made = known; made < 12; made += 1) {
      await test.stripe.products.create({ name: "P", default_price_data: { currency: "usd", unit_amount: 5 } });
    }
    const reply = await call(test.sandbox.url, `/v1/products?${query}`);
    if (typeof count === "number") {
      expect([(reply.body.data as unknown[]).length, reply.body.has_more]).toEqual([count, more]);
      expect(reply.body).toMatchObject({ object: "list", url: "/v1/products" });
    } else expect([reply.status, errorOf(reply).param]).toEqual([400, count]);
  });
});
