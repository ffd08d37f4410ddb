/**
 * A face for people on the sandbox's own port: pages made on the server, plain forms, no script at all.
 *
 * It reads the store and presses the control routes' own buttons; it keeps nothing, and refuses forms that another
 * website's page sends.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { BadControlRequest, type ControlContext } from "../control/control";
import { StripeError } from "../http/errors";
import { readBody } from "../http/listener";
import { readSegment } from "../http/path-segment";
import { isForeign } from "../http/same-origin";
import { act, type Done } from "./actions";
import { html } from "./html";
import { base, document, type Page } from "./layout";
import { clocksPage, eventPage, eventsPage, overviewPage, webhookPage, webhooksPage } from "./pages/machinery";
import {
  customerPage,
  customersPage,
  invoicePage,
  invoicesPage,
  subscriptionPage,
  subscriptionsPage,
} from "./pages/people";
import { walkDocument } from "./pages/walk";
import { stylesheet } from "./style";

type View = (context: ControlContext, id: string, query: URLSearchParams) => Page | null;

const views: ReadonlyArray<[pattern: RegExp, view: View]> = [
  [/^\/$/, overviewPage],
  [/^\/dashboard\/customers$/, customersPage],
  [/^\/dashboard\/customers\/([^/]+)$/, customerPage],
  [/^\/dashboard\/subscriptions$/, subscriptionsPage],
  [/^\/dashboard\/subscriptions\/([^/]+)$/, subscriptionPage],
  [/^\/dashboard\/invoices$/, invoicesPage],
  [/^\/dashboard\/invoices\/([^/]+)$/, invoicePage],
  [/^\/dashboard\/events$/, eventsPage],
  [/^\/dashboard\/events\/([^/]+)$/, eventPage],
  [/^\/dashboard\/webhooks$/, webhooksPage],
  [/^\/dashboard\/webhooks\/([^/]+)$/, webhookPage],
  [/^\/dashboard\/clocks$/, clocksPage],
];

const NOTE_LENGTH = 300;

const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
};

/** Serves the face; false when the request is for something else. */
export async function handleFace(
  context: ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  // Most requests are for the API: tell them apart before anything is parsed.
  if (!/^\/(dashboard|$|\?)/.test(request.url ?? "/")) return false;
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://sandbox");
  if (pathname !== "/" && pathname !== base && !pathname.startsWith(`${base}/`)) return false;
  const send: Send = (status, page, note = null) => {
    response.writeHead(status, headers);
    response.end(request.method === "HEAD" ? undefined : document(page, note));
    return true;
  };
  if (request.method === "POST") return post(context, request, response, pathname, send);
  if (request.method !== "GET" && request.method !== "HEAD") return send(405, problem("Not here", "Pages are read."));
  if (pathname === base) {
    response.writeHead(303, { location: "/" }).end();
    return true;
  }
  if (pathname === `${base}/style.css`) {
    response.writeHead(200, { "content-type": "text/css; charset=utf-8", "cache-control": "no-cache" });
    response.end(stylesheet);
    return true;
  }
  if (pathname === `${base}/clocks/walk`) {
    const { text, isMoving } = walkDocument(context.clocks.lastWalk);
    response.writeHead(200, { ...headers, ...(isMoving ? { refresh: "1" } : {}) });
    response.end(text);
    return true;
  }
  for (const [pattern, view] of views) {
    const match = pattern.exec(pathname);
    const page = match === null ? null : view(context, readSegment(match[1]), searchParams);
    if (page !== null) return send(200, page, searchParams.get("note")?.slice(0, NOTE_LENGTH) ?? null);
  }
  return send(404, problem("Not found", "The sandbox has nothing at this address."));
}

type Send = (status: number, page: Page, note?: string | null) => true;

async function post(
  context: ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  send: Send,
): Promise<true> {
  const body = await readBody(request);
  if (isForeign(request)) return send(403, problem("Refused", "This form was sent by another website's page."));
  try {
    const done = await act(context, path, new URLSearchParams(body ?? ""));
    await context.store.durable();
    if (done === null) return send(404, problem("Not found", "No button posts to this address."));
    if (done.secret !== undefined) return send(200, secretPage(done, done.secret));
    response.writeHead(303, { location: `${done.to}?note=${encodeURIComponent(done.note)}` }).end();
    return true;
  } catch (error) {
    if (error instanceof StripeError) return send(error.status, problem("Not done", error.message));
    if (error instanceof BadControlRequest) return send(400, problem("Not done", error.message));
    throw error;
  }
}

function problem(title: string, lead: string): Page {
  return { title, lead, body: html`<p><a href="/">Back to the first page</a></p>` };
}

function secretPage({ to, note }: Done, secret: string): Page {
  return {
    title: "New signing secret",
    section: "webhooks",
    lead: `${note} The new one is shown this once.`,
    body: html`<p><code>${secret}</code></p><p><a href="${to}">Back to the endpoint</a></p>`,
  };
}
