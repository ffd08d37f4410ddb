/**
 * Runs before every page: gives the request its number and the page its content policy.
 *
 * Nothing may load but what we serve, scripts only with this request's nonce. Stripe (or the sandbox) is let in on the pages
 * that show its fields or a bank's question, and nowhere else. Rights are not checked here: every procedure does that itself.
 */
import { type NextRequest, NextResponse } from "next/server";
import { env } from "@/env";

const STRIPE_PAGES = /^(?:\/fix-payment|\/t\/[^/]+\/(?:checkout|plan|payment-methods\/add))(?:\/|$)/;

const STRIPE_HOSTS = {
  script: "https://js.stripe.com https://*.js.stripe.com",
  frame: "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
  connect: "https://api.stripe.com",
};

export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const requestId = request.headers.get("x-request-id")?.slice(0, 100) ?? `req_${crypto.randomUUID()}`;
  const policy = contentPolicy(nonce, STRIPE_PAGES.test(request.nextUrl.pathname));
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("x-request-id", requestId);
  headers.set("x-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  response.headers.set("X-Request-Id", requestId);
  return response;
}

function contentPolicy(nonce: string, withStripe: boolean): string {
  const { stripe, production } = env();
  const sandbox = stripe.apiUrl;
  const hosts = sandbox ? { script: sandbox, frame: sandbox, connect: sandbox } : STRIPE_HOSTS;
  const extra = withStripe ? hosts : { script: "", frame: "", connect: "" };
  // The development server evaluates code and speaks over a web socket.
  const development = production ? { script: "", connect: "" } : { script: "'unsafe-eval'", connect: "ws:" };
  const directives: Array<[string, string]> = [
    ["default-src", "'none'"],
    ["script-src", `'self' 'nonce-${nonce}' 'strict-dynamic' ${extra.script} ${development.script}`],
    ["style-src", "'self' 'unsafe-inline'"],
    ["img-src", "'self' data:"],
    ["font-src", "'self'"],
    ["connect-src", `'self' ${extra.connect} ${development.connect}`],
    ["frame-src", extra.frame || "'none'"],
    ["form-action", "'self'"],
    ["base-uri", "'none'"],
    ["frame-ancestors", "'none'"],
    ["object-src", "'none'"],
    ["manifest-src", "'self'"],
  ];
  return directives.map(([name, value]) => `${name} ${value.replace(/\s+/g, " ").trim()}`).join("; ");
}

export const config = {
  matcher: [{ source: "/((?!api/webhooks|_next/static|_next/image|favicon.svg).*)" }],
};
