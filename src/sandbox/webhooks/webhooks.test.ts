import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { StripeSdk, startTestSandbox, type TestSandbox, temporaryDirectory } from "../testing/start";

interface Received {
  body: string;
  signature: string;
}

const cleanUp: Array<() => unknown> = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** A receiver that answers with the given statuses in turn, then 200. */
async function receiver(...statuses: number[]): Promise<{ url: string; received: Received[]; server: Server }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ body, signature: String(request.headers["stripe-signature"]) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, server };
}

async function start(options: Parameters<typeof startTestSandbox>[0] = {}): Promise<TestSandbox> {
  const test = await startTestSandbox(options);
  cleanUp.push(test.close);
  return test;
}

const isIdle = async (test: TestSandbox) => expect((await test.control("/idle")).pendingDeliveries).toBe(0);

it("deliver signed events in order to endpoints that want them", async () => {
  const hook = await receiver();
  const test = await start();
  const endpoint = await test.stripe.webhookEndpoints.create({
    url: hook.url,
    enabled_events: ["customer.created", "customer.updated"],
  });
  const customer = await test.stripe.customers.create({ name: "A" });
  await test.stripe.products.create({ name: "unheard" });
  await test.stripe.customers.update(customer.id, { name: "B" });
  await vi.waitFor(() => isIdle(test), { timeout: 15_000 });
  const events = hook.received.map(({ body, signature }) =>
    StripeSdk.webhooks.constructEvent(body, signature, endpoint.secret ?? ""),
  );
  expect(events.map(({ type }) => type)).toEqual(["customer.created", "customer.updated"]);
  expect(events[1]).toMatchObject({
    api_version: "2026-10-28.endive",
    pending_webhooks: 1,
    data: { object: { id: customer.id, name: "B" }, previous_attributes: { name: "A" } },
  });
  expect(events[1]?.request?.idempotency_key).toMatch(/^stripe-node-retry-/);
  expect(() =>
    StripeSdk.webhooks.constructEvent(
      hook.received[0]?.body ?? "",
      hook.received[1]?.signature ?? "",
      endpoint.secret ?? "",
    ),
  ).toThrow();
  const stored = await test.stripe.events.retrieve(events[0]?.id ?? "");
  expect(stored.pending_webhooks).toBe(0);
  expect(await test.stripe.webhookEndpoints.retrieve(endpoint.id)).not.toHaveProperty("secret");
});

it("try again after a refusal", async () => {
  const hook = await receiver(500);
  const test = await start({ webhook: { url: hook.url, secret: "whsec_option" } });
  await test.stripe.customers.create();
  await vi.waitFor(() => isIdle(test), { timeout: 15_000 });
  expect(hook.received).toHaveLength(2);
  const { data } = await test.control("/deliveries?status=delivered");
  expect(data).toMatchObject([{ attempts: [{ responseStatus: 500 }, { responseStatus: 200 }] }]);
  const ids = hook.received.map(
    ({ body, signature }) => StripeSdk.webhooks.constructEvent(body, signature, "whsec_option").id,
  );
  expect(new Set(ids).size).toBe(1);
});

it("outlive a restart, and the endpoint of the options keeps its id", async () => {
  const data = temporaryDirectory();
  cleanUp.push(data.remove);
  const before = await startTestSandbox({
    dataDir: data.path,
    webhook: { url: "http://127.0.0.1:9/", secret: "whsec_1" },
  });
  const [endpoint] = (await before.stripe.webhookEndpoints.list()).data;
  const customer = await before.stripe.customers.create();
  await before.close();
  const hook = await receiver();
  const after = await start({ dataDir: data.path, webhook: { url: hook.url, secret: "whsec_2" } });
  expect((await after.stripe.webhookEndpoints.list()).data.map(({ id }) => id)).toEqual([endpoint?.id]);
  await vi.waitFor(() => expect(hook.received).toHaveLength(1), { timeout: 15_000 });
  const [first] = hook.received;
  const event = StripeSdk.webhooks.constructEvent(first?.body ?? "", first?.signature ?? "", "whsec_2");
  expect(event.data.object).toMatchObject({ id: customer.id });
});

it("reach at most sixteen endpoints", async () => {
  const { stripe } = await start();
  const create = () => stripe.webhookEndpoints.create({ url: "http://127.0.0.1:9/", enabled_events: ["payout.paid"] });
  const made = await Promise.all(Array.from({ length: 16 }, create));
  await expect(create()).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining("maximum of 16") });
  await stripe.webhookEndpoints.del(made[0]?.id ?? "");
  expect((await create()).id).toMatch(/^we_/);
});

it("count as waiting until they have taken an event, also when they were given up", async () => {
  const hook = await receiver(500);
  const test = await start();
  const { id: refusing } = await test.stripe.webhookEndpoints.create({
    url: hook.url,
    enabled_events: ["customer.created"],
  });
  await test.stripe.webhookEndpoints.create({ url: "http://127.0.0.1:1/", enabled_events: ["customer.created"] });
  await test.stripe.customers.create();
  const pending = async (filter = {}) =>
    (await test.stripe.events.list({ type: "customer.created", ...filter })).data.map((one) => one.pending_webhooks);
  expect(await pending()).toEqual([2]);
  await vi.waitFor(async () => expect(await pending()).toEqual([1]), { timeout: 15_000 });
  // Nobody listens at the other one, however long it is tried.
  test.sandbox.store.transaction((tx) => {
    for (const one of tx.list("delivery", ({ status }) => status === "pending")) {
      tx.put("delivery", { ...one, status: "failed" });
    }
  });
  expect([await pending(), await pending({ delivery_success: true })]).toEqual([[1], []]);
  const { data } = (await test.control("/deliveries")) as { data: Array<{ id: string; endpoint: string }> };
  const taken = data.find(({ endpoint }) => endpoint === refusing);
  await test.control(`/deliveries/${taken?.id}/replay`, {});
  expect(await pending()).toEqual([2]);
  await vi.waitFor(async () => expect(await pending()).toEqual([1]), { timeout: 15_000 });
});
