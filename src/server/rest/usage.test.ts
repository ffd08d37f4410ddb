import { describe, expect, it } from "vitest";
import { shareRestWorld } from "@/testing/rest-world";

const world = shareRestWorld();

const report = (tenant: string, body: object, idempotencyKey?: string) =>
  world.call("POST", `/usage/${tenant}`, { body, idempotencyKey });
const job = (quantity: unknown) => ({ usage_type: "quantum_job", quantity, unit: "jobs" });

describe("the seed's example", () => {
  it("reads back what was recorded: month, year, costs and limits", async () => {
    const tenant = await world.tenant({ slug: "seed-usage", plan: "professional" });
    const metadata = { backend: "ibm_torino", shots: 4000 };
    const recorded = await report(tenant.id, { ...job(47), metadata });
    expect(recorded).toMatchObject({
      status: 201,
      body: { usage_type: "quantum_job", quantity: 47, total_quantity: 47, limit: 100 },
    });
    await report(tenant.id, { usage_type: "storage", quantity: 12.5, unit: "GB" });
    const { body } = await world.call("GET", "/usage/seed-usage/current");
    expect(body).toEqual({
      month: 1,
      year: 2026,
      usage: [
        { usage_type: "quantum_job", total_quantity: 47, total_cost: 23.5 },
        { usage_type: "storage", total_quantity: 12.5, total_cost: 1.25 },
      ],
      limits: { quantum_jobs: 100, storage_gb: 50, users: 10 },
    });
  });

  it("answers null where there is no limit", async () => {
    const tenant = await world.tenant({ plan: "enterprise" });
    const { body } = await world.call("GET", `/usage/${tenant.id}/current`);
    expect(body).toMatchObject({ usage: [], limits: { quantum_jobs: 1000, storage_gb: 500, users: null } });
  });
});

describe("quota of the free plan", () => {
  it("answers 429 beyond a hard limit and counts nothing of what it refused", async () => {
    const tenant = await world.tenant();
    expect((await report(tenant.id, job(8))).status).toBe(201);
    const refused = await report(tenant.id, job(3));
    expect(refused).toMatchObject({ status: 429, body: { code: "usage.quota_exhausted" } });
    expect((await report(tenant.id, job(2))).body).toMatchObject({ total_quantity: 10 });
    expect((await report(tenant.id, job(1))).status).toBe(429);
    const { body } = await world.call("GET", `/usage/${tenant.id}/current`);
    expect(body).toMatchObject({ usage: [{ usage_type: "quantum_job", total_quantity: 10, total_cost: 0 }] });
  });

  it("is told before the work is done", async () => {
    const tenant = await world.tenant();
    await report(tenant.id, job(9));
    const ask = (query: string) => world.call("GET", `/entitlements/${tenant.id}/quantum_job${query}`);
    expect((await ask("")).body).toEqual({
      usage_type: "quantum_job",
      allowed: true,
      used: 9,
      limit: 10,
      remaining: 1,
      resets_at: "2026-02-01T00:00:00Z",
    });
    expect((await ask("?quantity=2")).body).toMatchObject({ allowed: false, remaining: 1 });
    expect(await ask("?quantity=-2")).toMatchObject({ status: 400, body: { code: "usage.invalid_quantity" } });
    const unknown = await world.call("GET", `/entitlements/${tenant.id}/teleports`);
    expect(unknown.body).toMatchObject({ code: "usage.unknown_type" });
  });

  it("lets paid plans pass into overage", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    expect((await report(tenant.id, job(150))).body).toMatchObject({ total_quantity: 150, limit: 100 });
  });

  it("sells no more than the limit to callers that come at once", async () => {
    const tenant = await world.tenant();
    const answers = await Promise.all(Array.from({ length: 40 }, () => report(tenant.id, job(1))));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(10);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(30);
  });
});

describe("bad reports each have their code and count nothing", () => {
  const long = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, n]));
  const cases: Array<[string, string, number, string]> = [
    ["malformed JSON", '{"usage_type": "quantum_job"', 400, "request.malformed_json"],
    ["an array", "[]", 400, "request.invalid"],
    ["an unknown field", '{"usage_type":"quantum_job","quantity":1,"qty":2}', 400, "request.unknown_field"],
    ["a missing quantity", '{"usage_type":"quantum_job"}', 400, "usage.invalid_quantity"],
    ["a negative quantity", '{"usage_type":"quantum_job","quantity":-1}', 400, "usage.invalid_quantity"],
    ["a quantity of zero", '{"usage_type":"quantum_job","quantity":0}', 400, "usage.invalid_quantity"],
    ["an infinite quantity", '{"usage_type":"quantum_job","quantity":1e999}', 400, "usage.invalid_quantity"],
    ["a quantity in words", '{"usage_type":"quantum_job","quantity":"NaN"}', 400, "usage.invalid_quantity"],
    ["too many digits", '{"usage_type":"storage","quantity":1e-13}', 400, "usage.invalid_quantity"],
    ["an unknown type", '{"usage_type":"teleports","quantity":1}', 400, "usage.unknown_type"],
    ["a wrong unit", '{"usage_type":"quantum_job","quantity":1,"unit":"GB"}', 400, "usage.wrong_unit"],
    [
      "nested metadata",
      '{"usage_type":"quantum_job","quantity":1,"metadata":{"a":{"b":1}}}',
      400,
      "usage.invalid_metadata",
    ],
    ["too much metadata", JSON.stringify({ ...job(1), metadata: long }), 400, "usage.invalid_metadata"],
    [
      "metadata that would change objects",
      '{"usage_type":"quantum_job","quantity":1,"metadata":{"__proto__":1}}',
      400,
      "request.unknown_field",
    ],
  ];

  it.each(cases)("%s", async (_name, rawBody, status, code) => {
    const tenant = await world.tenant({ plan: "professional" });
    const refused = await world.call("POST", `/usage/${tenant.id}`, { rawBody });
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(refused).toMatchObject({ status, body: { status, code, request_id: expect.any(String) } });
    expect((await world.call("GET", `/usage/${tenant.id}/current`)).body).toMatchObject({ usage: [] });
  });

  it("a body that is too large", async () => {
    const rawBody = JSON.stringify({ ...job(1), metadata: { note: "x".repeat(300_000) } });
    const refused = await world.call("POST", "/usage/anybody", { rawBody });
    expect(refused).toMatchObject({ status: 413, body: { code: "request.too_large" } });
  });
});

describe("Idempotency-Key of a report", () => {
  it("counts it once and replays the answer", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    const first = await report(tenant.id, job(5), "job-5");
    const second = await report(tenant.id, job(5), "job-5");
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect((await world.call("GET", `/usage/${tenant.id}/current`)).body).toMatchObject({
      usage: [{ total_quantity: 5 }],
    });
  });

  it("counts tiny and large quantities exactly", async () => {
    const tenant = await world.tenant({ plan: "professional" });
    for (const quantity of [1e-7, 1e14, 0.2]) {
      expect((await report(tenant.id, { usage_type: "api_call", quantity })).status).toBe(201);
    }
    const { rows } = await world.db.pool.query(
      "select quantity::text from usage_counters where tenant_id = $1 and meter_key = 'api_call'",
      [tenant.id],
    );
    expect(rows).toEqual([{ quantity: "100000000000000.200000100000" }]);
  });
});
