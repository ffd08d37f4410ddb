/**
 * The sandbox's own controls under /_sandbox/, in JSON: clocks, deliveries, what the next payment does. Nothing here is
 * Stripe's; the product reaches it only where it knows that it talks to the sandbox.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clocks } from "../clock/clocks";
import { StripeError } from "../http/errors";
import type { Faults } from "../http/faults";
import { readBody } from "../http/listener";
import { readSegment } from "../http/path-segment";
import { isForeign } from "../http/same-origin";
import type { Store } from "../store/store";
import type { Deliveries } from "../webhooks/deliveries";
import { handleAuthenticationPage } from "./authentication-page";
import { connectBankAccount } from "./bank-login";
import { renewCard } from "./cards";
import { handleCheckoutPage } from "./checkout-page";
import { advanceClock, clockState, joinDefaultClock, setDefaultClock } from "./clocks";
import { deliveryDetail, deliveryList, idleState, replayDelivery } from "./deliveries";
import { setCustomerDiscount } from "./discounts";
import { decideDisputeByHand, openDisputeByHand } from "./disputes";
import { chaosState, endpointList, rotateEndpointSecret, setChaos } from "./endpoints";
import { armFaults, readFaults } from "./faults";
import { handleInvoicePage } from "./invoice-page";
import { authenticateIntent, setNextPayment } from "./payments";
import { handlePortalPage } from "./portal-page";
import { resetState } from "./reset";
import { changeSettings, readSettings } from "./settings";
import { streamClocks } from "./stream";

/** What a control handler works with. */
export interface ControlContext {
  store: Store;
  clocks: Clocks;
  deliveries: Deliveries;
  faults: Faults;
  closing: AbortSignal;
}

/** One parsed control request. */
export interface ControlRequest {
  /** The `:id` of the path. */
  id: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

type Handler = (context: ControlContext, request: ControlRequest) => unknown;

const handlers: ReadonlyArray<[method: string, pattern: RegExp, handler: Handler]> = [
  ["GET", /^\/_sandbox\/health$/, () => ({ status: "ok" })],
  ["GET", /^\/_sandbox\/clocks$/, clockState],
  ["POST", /^\/_sandbox\/clocks\/default\/set$/, setDefaultClock],
  ["POST", /^\/_sandbox\/clocks\/([^/]+)\/advance$/, advanceClock],
  ["POST", /^\/_sandbox\/clocks\/([^/]+)\/join-default$/, joinDefaultClock],
  ["GET", /^\/_sandbox\/faults$/, readFaults],
  ["POST", /^\/_sandbox\/faults$/, armFaults],
  ["GET", /^\/_sandbox\/settings$/, readSettings],
  ["POST", /^\/_sandbox\/settings$/, changeSettings],
  ["GET", /^\/_sandbox\/deliveries$/, deliveryList],
  ["POST", /^\/_sandbox\/deliveries\/retry$/, (context) => ({ retried: context.deliveries.retryNow() })],
  ["GET", /^\/_sandbox\/deliveries\/([^/]+)$/, deliveryDetail],
  ["POST", /^\/_sandbox\/deliveries\/([^/]+)\/replay$/, replayDelivery],
  ["GET", /^\/_sandbox\/endpoints$/, endpointList],
  ["POST", /^\/_sandbox\/endpoints\/([^/]+)\/rotate-secret$/, rotateEndpointSecret],
  ["GET", /^\/_sandbox\/endpoints\/([^/]+)\/chaos$/, chaosState],
  ["POST", /^\/_sandbox\/endpoints\/([^/]+)\/chaos$/, setChaos],
  ["GET", /^\/_sandbox\/idle$/, idleState],
  ["POST", /^\/_sandbox\/customers\/([^/]+)\/next-payment$/, setNextPayment],
  ["POST", /^\/_sandbox\/customers\/([^/]+)\/discount$/, setCustomerDiscount],
  ["POST", /^\/_sandbox\/payment_methods\/([^/]+)\/renew$/, renewCard],
  ["POST", /^\/_sandbox\/charges\/([^/]+)\/dispute$/, openDisputeByHand],
  ["POST", /^\/_sandbox\/disputes\/([^/]+)\/decide$/, decideDisputeByHand],
  ["POST", /^\/_sandbox\/authenticate$/, authenticateIntent],
  ["POST", /^\/_sandbox\/bank-login$/, connectBankAccount],
  ["POST", /^\/_sandbox\/reset$/, resetState],
];

/** The control routes of one sandbox. */
export class ControlApi {
  constructor(readonly context: ControlContext) {}

  /** Answers a control request; unknown ones get a plain 404. */
  async handle(request: IncomingMessage, response: ServerResponse, headers: Record<string, string>): Promise<void> {
    const url = new URL(request.url ?? "/", "http://sandbox");
    if (request.method === "GET" && url.pathname === "/_sandbox/clocks/stream") {
      streamClocks(this.context, response, headers);
      return;
    }
    if (request.method !== "GET" && isForeign(request)) {
      const message = "The sandbox's controls are not for other websites' pages.";
      response.writeHead(403, { "content-type": "application/json" });
      response.end(`${JSON.stringify({ error: { message } })}\n`);
      return;
    }
    if (await handleAuthenticationPage(this.context, request, response)) return;
    if (await handleCheckoutPage(this.context, request, response)) return;
    if (await handleInvoicePage(this.context, request, response)) return;
    if (await handlePortalPage(this.context, request, response)) return;
    const { status, body } = await this.answer(request, url);
    await this.context.store.durable();
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(`${JSON.stringify(body)}\n`);
  }

  private async answer(request: IncomingMessage, url: URL): Promise<{ status: number; body: unknown }> {
    try {
      const body = parseObject(await readBody(request));
      for (const [method, pattern, handler] of handlers) {
        const match = pattern.exec(url.pathname);
        if (match === null || method !== request.method) continue;
        const id = readSegment(match[1]);
        return { status: 200, body: await handler(this.context, { id, query: url.searchParams, body }) };
      }
      return { status: 404, body: { error: { message: `The sandbox has no control at ${url.pathname}.` } } };
    } catch (error) {
      if (error instanceof StripeError) return { status: error.status, body: { error: error.body } };
      if (error instanceof BadControlRequest) return { status: 400, body: { error: { message: error.message } } };
      return { status: 500, body: { error: { message: error instanceof Error ? error.message : String(error) } } };
    }
  }
}

/** A control request that makes no sense; the message says why. */
export class BadControlRequest extends Error {}

function parseObject(text: string | null): Record<string, unknown> {
  if (text === null) throw new BadControlRequest("The body is too large.");
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadControlRequest("The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadControlRequest("The body must be a JSON object.");
  }
  return Object.fromEntries(Object.entries(value));
}
