/**
 * Where a test's sandbox posts its webhooks: a small server that stores them as the real route does, or keeps them back so
 * that a test may deliver them in its own order.
 */
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { BillingError } from "@/billing/kernel/errors";
import { acceptEvent } from "@/billing/webhooks";
import type { Database } from "@/db/client";
import { systemClock } from "@/stripe/system-clock";

/** Signs what the test's sandbox posts. */
export const WEBHOOK_SECRET = "whsec_world";

/** `accept`: stored as in production. `withhold`: answered with 200 and only kept for the test. */
export type ListenerMode = "accept" | "withhold";

/** The listener of one world. */
export interface WebhookListener {
  url: string;
  mode: ListenerMode;
  /** Bodies of everything that was posted, in order of arrival. */
  posted: string[];
  /** Bodies that were withheld and not delivered since. */
  withheld: string[];
  /** Stores a body as if Stripe had posted it now. Throws what `acceptEvent` throws. */
  deliver(rawBody: string, signature?: string | null): Promise<{ id: string; duplicate: boolean }>;
  close(): Promise<void>;
}

/** A good signature of a body, made now. */
export function signatureOf(rawBody: string, secret = WEBHOOK_SECRET): string {
  const time = Math.floor(systemClock.now().getTime() / 1000);
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${rawBody}`).digest("hex")}`;
}

/** Opens the listener on a free port. */
export async function openWebhookListener(db: Database): Promise<WebhookListener> {
  const accept = (rawBody: string, signature: string | null) =>
    acceptEvent({ db, clock: systemClock, livemode: false }, rawBody, signature, [WEBHOOK_SECRET]);
  const server = createServer((request, response) => {
    take(request).then(
      (status) => response.writeHead(status).end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const take = async (request: IncomingMessage): Promise<number> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const rawBody = Buffer.concat(chunks).toString("utf8");
    listener.posted.push(rawBody);
    if (listener.mode === "withhold") {
      listener.withheld.push(rawBody);
      return 200;
    }
    try {
      await accept(rawBody, request.headers["stripe-signature"]?.toString() ?? null);
      return 200;
    } catch (error) {
      if (error instanceof BillingError && error.kind === "invalid") return 400;
      throw error;
    }
  };
  const listener: WebhookListener = {
    url: await listen(server),
    mode: "accept",
    posted: [],
    withheld: [],
    deliver: (rawBody, signature) => accept(rawBody, signature === undefined ? signatureOf(rawBody) : signature),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return listener;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/webhooks/stripe`;
}
