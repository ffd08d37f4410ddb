/** Failures of the transport, from servers that really fail. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { BillingError } from "@/billing/kernel/errors";
import { createStripeGateway } from "./live";

const servers: Server[] = [];

async function gatewayOn(listener: RequestListener) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return createStripeGateway({
    secretKey: "sk_test_errors",
    sandboxUrl: `http://127.0.0.1:${port}`,
    maxNetworkRetries: 1,
  });
}

const answer =
  (status: number, error: object): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/json", "request-id": "req_test" });
    response.end(JSON.stringify({ error }));
  };

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe("failures at Stripe", () => {
  it.each([
    ["a connection that is cut", (request) => void request.socket.destroy()],
    ["an internal error", answer(500, { type: "api_error", message: "boom" })],
    ["too many requests", answer(429, { type: "invalid_request_error", code: "rate_limit", message: "slow down" })],
    ["a key in use", answer(409, { type: "idempotency_error", message: "in use" })],
  ] satisfies Array<[string, RequestListener]>)("calls %s an outage that may pass", async (_name, listener) => {
    const gateway = await gatewayOn(listener);
    await expect(gateway.fetchCustomer("cus_1")).rejects.toMatchObject({
      kind: "upstream",
      code: "stripe.unavailable",
      retryable: true,
    });
  });

  it.each([
    ["a wrong parameter", 400, { type: "invalid_request_error", code: "parameter_unknown", param: "x", message: "no" }],
    ["a wrong key", 401, { type: "invalid_request_error", message: "no" }],
    ["something the sandbox lacks", 501, { type: "api_error", message: "not supported by the sandbox" }],
  ])("calls %s a refusal and gives the request id", async (_name, status, error) => {
    const gateway = await gatewayOn(answer(status, error));
    await expect(gateway.fetchCustomer("cus_1")).rejects.toMatchObject({
      kind: "upstream",
      code: "stripe.refused",
      retryable: false,
      details: { requestId: "req_test" },
    });
  });

  it.each([
    [{ code: "card_declined", decline_code: "insufficient_funds" }, "payment.insufficient_funds"],
    [{ code: "authentication_required" }, "payment.authentication_required"],
    [{ code: "subscription_payment_intent_requires_action" }, "payment.authentication_required"],
    [{ code: "expired_card" }, "payment.card_declined"],
  ])("reads a declined card %o as %s", async (codes, code) => {
    const gateway = await gatewayOn(answer(402, { type: "card_error", message: "Declined.", ...codes }));
    const paid = gateway.payInvoice("in_1", { stripePaymentMethodId: null }, "key");
    await expect(paid).rejects.toMatchObject({ kind: "declined", code });
  });

  it("repeats a failed write under the same idempotency key", async () => {
    const keys: unknown[] = [];
    const gateway = await gatewayOn((request, response) => {
      keys.push(request.headers["idempotency-key"]);
      answer(500, { type: "api_error", message: "boom" })(request, response);
    });
    await expect(gateway.detachPaymentMethod("pm_1", "op_1:detach")).rejects.toMatchObject({ kind: "upstream" });
    expect(keys).toEqual(["op_1:detach", "op_1:detach"]);
  });

  it.each<[string, number, number, Record<string, string>]>([
    ["too many requests", 2, 429, {}],
    ["too many requests that Stripe calls final", 1, 429, { "stripe-should-retry": "false" }],
    ["a conflict of keys", 2, 409, {}],
    ["a failure inside Stripe", 2, 503, {}],
    ["a declined card", 1, 402, {}],
    ["a wrong parameter", 1, 400, {}],
  ])("asks %s %i times in all, always under the first key", async (_what, times, status, headers) => {
    const keys: unknown[] = [];
    const gateway = await gatewayOn((request, response) => {
      keys.push(request.headers["idempotency-key"]);
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify({ error: { type: status === 402 ? "card_error" : "api_error", message: "No." } }));
    });
    await expect(gateway.detachPaymentMethod("pm_1", "op_1:detach")).rejects.toBeInstanceOf(BillingError);
    expect(keys).toEqual(Array.from({ length: times }, () => "op_1:detach"));
  });
});
