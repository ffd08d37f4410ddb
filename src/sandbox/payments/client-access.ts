/** What a browser may do and see of an intent: with the publishable key, only the one whose client_secret it holds. */
import type Stripe from "stripe";
import { invalidParameter, StripeError } from "../http/errors";
import type { RouteInput } from "../http/route";

/** Refuses a browser that does not present the intent's own secret. */
export function checkClientSecret(
  keyKind: RouteInput["keyKind"],
  intent: { id: string; client_secret: string | null },
  presented: string | undefined,
): void {
  if (keyKind === "secret" && presented === undefined) return;
  if (presented === undefined) {
    throw invalidParameter("parameter_missing", "client_secret", "Missing required param: client_secret.");
  }
  if (presented !== intent.client_secret) {
    throw new StripeError(400, {
      type: "invalid_request_error",
      code: "resource_missing",
      message: `The client_secret provided does not match any associated intent on this account.`,
      param: "client_secret",
    });
  }
}

/** The intent without what is between merchant and Stripe; every field stays, so that the shape remains Stripe's. */
export function forBrowser<T extends Stripe.PaymentIntent | Stripe.SetupIntent>(
  keyKind: RouteInput["keyKind"],
  intent: T,
): T {
  if (keyKind === "secret") return intent;
  const reduced = { ...intent, customer: null, metadata: {} };
  return intent.object === "payment_intent" ? { ...reduced, latest_charge: null } : { ...reduced, mandate: null };
}
