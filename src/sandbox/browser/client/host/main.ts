/**
 * The script a page loads in place of Stripe.js: defines `window.Stripe`, callable with and without `new`.
 *
 * The ordinary loadStripe uses `window.Stripe` when it is there, so the page includes this script before its own ones.
 */
import { checkedKey, StripeClient } from "./stripe";

const script = document.currentScript;
const baseUrl = script instanceof HTMLScriptElement ? new URL(script.src).origin : window.location.origin;

function Stripe(publishableKey: unknown): StripeClient {
  return new StripeClient({ baseUrl, publishableKey: checkedKey(publishableKey) });
}

Stripe.version = "endive";

if (!("Stripe" in window)) Object.assign(window, { Stripe });
