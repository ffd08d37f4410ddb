/** Each trouble of the chaos switch at a real receiver, rotation with two signatures, and what the log tells of both. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type Stripe from "stripe";
import { afterEach, describe, expect, it, vi } from "vitest";
import { StripeSdk, startTestSandbox, type TestSandbox } from "../testing/start";
import { pruneLog } from "./deliveries";

interface Received {
  body: string;
  signature: string;
  event: Stripe.Event;
}

const cleanUp: Array<() => unknown> = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function stage(chaos?: object) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ body, signature: String(request.headers["stripe-signature"]), event: JSON.parse(body) });
    response.writeHead(200).end("taken, thank you");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  const test = await startTestSandbox();
  cleanUp.push(test.close);
  const endpoint = await test.stripe.webhookEndpoints.create({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    enabled_events: ["customer.created"],
  });
  if (chaos !== undefined) await test.control(`/endpoints/${endpoint.id}/chaos`, chaos);
  return { test, endpoint, received };
}

/** Makes customers A, B, C … and waits until nothing is on its way. */
async function makeCustomers(test: TestSandbox, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    await test.stripe.customers.create({ name: String.fromCharCode(65 + number) });
  }
  await vi.waitFor(async () => expect((await test.control("/idle")).pendingDeliveries).toBe(0), { timeout: 15_000 });
}

const names = (received: Received[]) => received.map(({ event }) => (event.data.object as Stripe.Customer).name);
const ids = (received: Received[]) => received.map(({ event }) => event.id);

describe("the chaos switch", () => {
  it("duplicate: the same event arrives twice under one id", async () => {
    const { test, endpoint, received } = await stage({ duplicate: true });
    await makeCustomers(test, 2);
    expect(names(received)).toEqual(["A", "A", "B", "B"]);
    expect(new Set(ids(received)).size).toBe(2);
    expect(await test.control(`/endpoints/${endpoint.id}/chaos`)).toMatchObject({
      on: true,
      counters: { events: 2, duplicate: 2, twin: 0 },
    });
    expect((await test.stripe.events.list()).data.map((event) => event.pending_webhooks)).toEqual([0, 0]);
  });

  it("twin: another event about the same change, to be found by its own id", async () => {
    const { test, received } = await stage({ twin: true });
    await makeCustomers(test, 1);
    expect(names(received)).toEqual(["A", "A"]);
    const [first = "", second = ""] = ids(received);
    expect(first).not.toBe(second);
    const twin = await test.stripe.events.retrieve(second);
    expect(twin).toMatchObject({ type: "customer.created", data: received[0]?.event.data, pending_webhooks: 0 });
  });

  it("reorder: an event is overtaken by the next one that is not", async () => {
    const seed = 7;
    const { test, endpoint, received } = await stage({ reorder: 0.5, seed });
    await makeCustomers(test, 8);
    const got = names(received);
    expect([...got].sort()).toEqual(["A", "B", "C", "D", "E", "F", "G", "H"]);
    expect(got).not.toEqual([...got].sort());
    const { counters } = (await test.control(`/endpoints/${endpoint.id}/chaos`)) as { counters: { reorder: number } };
    expect(counters.reorder).toBeGreaterThan(0);
  });

  it("delay: an event comes later than those after it, and comes", async () => {
    const { test, endpoint, received } = await stage({ delay: 0.5, delayMs: 800, seed: 3 });
    await makeCustomers(test, 6);
    expect(received).toHaveLength(6);
    const { data } = (await test.control("/deliveries")) as {
      data: Array<Record<"nextAttemptAtMs" | "createdAtMs", number>>;
    };
    expect(data).toHaveLength(6);
    const { counters } = (await test.control(`/endpoints/${endpoint.id}/chaos`)) as { counters: { delay: number } };
    expect(counters.delay).toBeGreaterThan(0);
    expect(names(received)).not.toEqual(["A", "B", "C", "D", "E", "F"]);
  });

  it("drop: an event is lost until it is retried", async () => {
    const { test, received } = await stage({ drop: true });
    await test.stripe.customers.create({ name: "A" });
    await vi.waitFor(async () => {
      expect(await test.control("/deliveries?status=pending")).toMatchObject({
        data: [{ attempts: [{ responseStatus: null, error: expect.stringContaining("chaos") }] }],
      });
    });
    expect(received).toHaveLength(0);
    expect(await test.control("/deliveries/retry", {})).toEqual({ retried: 1 });
    await vi.waitFor(() => expect(names(received)).toEqual(["A"]));
  });

  it("does the same for the same seed, and something else for another", async () => {
    const run = async (seed: number) => {
      const { test, endpoint, received } = await stage({ duplicate: 0.3, twin: 0.3, reorder: 0.4, seed });
      await makeCustomers(test, 10);
      const { counters } = await test.control(`/endpoints/${endpoint.id}/chaos`);
      return { names: names(received), counters };
    };
    const [first, again, other] = [await run(11), await run(11), await run(12)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("is told apart from nonsense, and ends when everything is named away", async () => {
    const { test, endpoint, received } = await stage({ duplicate: true });
    const path = `/endpoints/${endpoint.id}/chaos`;
    expect(await test.control(path, { duplicate: 2 })).toMatchObject({
      error: { message: expect.stringContaining("duplicate") },
    });
    expect(await test.control(path, { explode: true })).toMatchObject({
      error: { message: expect.stringContaining("explode") },
    });
    expect(await test.control("/endpoints/we_no/chaos", { drop: true })).toMatchObject({
      error: { code: "resource_missing" },
    });
    expect(await test.control(path)).toMatchObject({ on: true });
    expect(await test.control(path, {})).toMatchObject({ on: false });
    await makeCustomers(test, 1);
    expect(received).toHaveLength(1);
  });
});

describe("a rotated secret", () => {
  it("signs beside the former one, until that expires", async () => {
    const { test, endpoint, received } = await stage();
    const former = endpoint.secret ?? "";
    const path = `/endpoints/${endpoint.id}/rotate-secret`;
    const { secret } = (await test.control(path, { expiresInSeconds: 3_600 })) as { secret: string };
    await makeCustomers(test, 1);
    const { secret: last } = (await test.control(path, { expiresInSeconds: 0 })) as { secret: string };
    await makeCustomers(test, 1);
    const accepts = (position: number, key: string) => {
      const { body, signature } = received[position] ?? { body: "", signature: "" };
      try {
        return StripeSdk.webhooks.constructEvent(body, signature, key).type === "customer.created";
      } catch {
        return false;
      }
    };
    expect(received[0]?.signature.match(/v1=/g)).toHaveLength(2);
    expect([former, secret, last].map((key) => accepts(0, key))).toEqual([true, true, false]);
    expect(received[1]?.signature.match(/v1=/g)).toHaveLength(1);
    expect([former, secret, last].map((key) => accepts(1, key))).toEqual([false, false, true]);
    expect(await test.control(path, { expiresInSeconds: 90_000 })).toMatchObject({
      error: { message: expect.stringContaining("86400") },
    });
  });
});

describe("the log", () => {
  it("tells what was sent and answered, and sends again on demand", async () => {
    const { test, received } = await stage();
    await makeCustomers(test, 1);
    const { data } = (await test.control("/deliveries")) as { data: Array<{ id: string }> };
    const id = data[0]?.id ?? "";
    expect(await test.control(`/deliveries/${id}`)).toMatchObject({
      status: "delivered",
      payload: { id: received[0]?.event.id },
      attempts: [
        {
          responseStatus: 200,
          responseBody: "taken, thank you",
          requestHeaders: { "stripe-signature": received[0]?.signature },
        },
      ],
    });
    expect(await test.control(`/deliveries/${id}/replay`, {})).toMatchObject({ replayOf: id, status: "pending" });
    await vi.waitFor(() => expect(ids(received)).toEqual([received[0]?.event.id, received[0]?.event.id]));
    expect(await test.control("/deliveries/whd_no/replay", {})).toMatchObject({ error: { code: "resource_missing" } });
  });

  it("forgets what arrived long ago, never what did not", async () => {
    const { test } = await stage();
    const other = await test.stripe.webhookEndpoints.create({ url: "http://127.0.0.1:1/", enabled_events: ["*"] });
    await test.stripe.customers.create();
    await vi.waitFor(() => expect(test.sandbox.store.listBy("delivery", "status", "delivered")).toHaveLength(1));
    await test.stripe.webhookEndpoints.del(other.id);
    await test.stripe.customers.create();
    await vi.waitFor(() => expect(test.sandbox.store.listBy("delivery", "status", "delivered")).toHaveLength(2));
    const newest = test.sandbox.store.listBy("delivery", "status", "delivered")[0]?.id;
    test.sandbox.store.transaction((tx) => pruneLog(tx, 1));
    const left = [...test.sandbox.store.records("delivery")];
    expect(left.filter(({ status }) => status === "delivered").map(({ id }) => id)).toEqual([newest]);
    expect(left.some(({ endpoint }) => endpoint === other.id)).toBe(true);
  });
});
