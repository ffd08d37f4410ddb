/** The route as Stripe meets it, on the runtime that a process would open. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getRuntime, type Runtime } from "@/server/context";
import { stubEnvironment } from "@/testing/stub-environment";
import { signatureOf, WEBHOOK_SECRET } from "@/testing/webhook-listener";
import { shareWorld } from "@/testing/world";
import { POST } from "./route";

const world = shareWorld();
stubEnvironment(() => ({
  DATABASE_URL: world.db.url,
  SANDBOX_URL: world.sandbox.url,
  SANDBOX_WEBHOOK_SECRET: `whsec_old,${WEBHOOK_SECRET}`,
  LOG_LEVEL: "silent",
}));
let runtime: Runtime;

beforeAll(async () => {
  runtime = await getRuntime();
});
afterAll(() => runtime?.close());

const body = (id: string, type = "customer.updated") =>
  JSON.stringify({
    id,
    object: "event",
    created: 1_700_000_000,
    livemode: false,
    type,
    data: { object: { id: "cus_x", object: "customer" } },
  });

function post(rawBody: string, signature: string | null = signatureOf(rawBody)): Promise<Response> {
  const headers = new Headers({ "content-type": "application/json" });
  if (signature !== null) headers.set("stripe-signature", signature);
  return POST(new Request("http://localhost/api/webhooks/stripe", { method: "POST", body: rawBody, headers }));
}

const count = () => world.db.prisma.webhookEvent.count();

describe("POST /api/webhooks/stripe", () => {
  it("stores an event and answers 200, also to its repetition", async () => {
    const first = await post(body("evt_route"));
    expect(first.status).toBe(200);
    expect(await first.json()).toEqual({ received: true, id: "evt_route", duplicate: false });
    const second = await post(body("evt_route"));
    expect(second.status).toBe(200);
    expect(await second.json()).toMatchObject({ duplicate: true });
    const stored = await world.db.prisma.webhookEvent.findUnique({ where: { id: "evt_route" } });
    expect(stored).toMatchObject({ status: "received", subject: "cus_x", objectId: "cus_x" });
  });

  it("takes the older secret while it is being replaced", async () => {
    const rawBody = body("evt_rolled");
    expect((await post(rawBody, signatureOf(rawBody, "whsec_old"))).status).toBe(200);
  });

  it.each([
    ["no signature", body("evt_bad"), null],
    ["a wrong signature", body("evt_bad"), signatureOf(body("evt_bad"), "whsec_wrong")],
    ["an empty body", "", undefined],
    ["a body that is not JSON", "hello", undefined],
  ])("answers 400 as a problem to %s and stores nothing", async (_name, rawBody, signature) => {
    const before = await count();
    const response = await post(rawBody, signature);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status: 400, code: "webhook.invalid_signature" });
    expect(await count()).toBe(before);
  });

  it("answers 413 to more than a mebibyte", async () => {
    const before = await count();
    const rawBody = body("evt_huge", "x".repeat(1_048_576));
    expect((await post(rawBody)).status).toBe(413);
    expect(await count()).toBe(before);
  });

  it("answers 503 when the event cannot be kept, so that Stripe sends it again", async () => {
    await runtime.db.close();
    const response = await post(body("evt_unkept"));
    expect(response.status).toBe(503);
    expect(await world.db.prisma.webhookEvent.findUnique({ where: { id: "evt_unkept" } })).toBeNull();
  });
});
