/** Serves the stand-in for Stripe.js and its frames. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers requests for browser files; false when the URL is none of them. */
export function handleBrowserAsset(_request: IncomingMessage, _response: ServerResponse, _baseUrl: string): boolean {
  return false;
}
