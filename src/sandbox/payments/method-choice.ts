/**
 * Which kinds of payment method an intent offers, and whether one it is confirmed with is among them.
 *
 * The sandbox's account has cards switched on; other kinds are offered when a caller allows them by name and they can take
 * the currency. A caller that allows nothing by name may confirm with any kind, as the server knows what it does.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";

/** The kinds there are, each with the one currency it can take; null for any. */
const currencies: Readonly<Record<string, string | null>> = { card: null, us_bank_account: "usd", sepa_debit: "eur" };

/** What a caller says about the kinds of payment method. */
export interface MethodChoice {
  allowed_payment_method_types?: string[] | undefined;
  excluded_payment_method_types?: string[] | undefined;
}

/** The kinds offered for a choice; a set-up has no currency. Throws Stripe's 400 when none is left. */
function offeredTypes(choice: MethodChoice, currency: string | null): string[] {
  const excluded = new Set(choice.excluded_payment_method_types ?? []);
  const offered = (choice.allowed_payment_method_types ?? ["card"]).filter((type) => {
    if (!Object.hasOwn(currencies, type) || excluded.has(type)) return false;
    return currency === null || currencies[type] === null || currencies[type] === currency;
  });
  if (offered.length === 0) {
    throw invalidRequest("No valid payment method types for this intent: none of the allowed ones can be used here.", {
      param: "allowed_payment_method_types",
    });
  }
  return [...new Set(offered)];
}

type Intent = Stripe.PaymentIntent | Stripe.SetupIntent;

/** The intent with the choice applied; the same intent when nothing was said. */
export function withMethodChoice<T extends Intent>(intent: T, choice: MethodChoice): T {
  const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded } = choice;
  if (allowed === undefined && excluded === undefined) return intent;
  const next = {
    allowed_payment_method_types: allowed ?? intent.allowed_payment_method_types ?? undefined,
    excluded_payment_method_types: excluded ?? intent.excluded_payment_method_types ?? undefined,
  };
  return {
    ...intent,
    allowed_payment_method_types: next.allowed_payment_method_types ?? null,
    excluded_payment_method_types: next.excluded_payment_method_types ?? null,
    payment_method_types: offeredTypes(next, intent.object === "payment_intent" ? intent.currency : null),
  };
}

/** Refuses a kind of payment method that the intent's caller did not allow, or excluded. */
export function checkMethodType(intent: Intent, type: string): void {
  const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded } = intent;
  const isAllowed = allowed === null || allowed.some((one) => one === type);
  if (isAllowed && !(excluded ?? []).some((one) => one === type)) return;
  throw invalidRequest(
    `The PaymentMethod provided (${type}) is not allowed for this intent. Choose one of: ${intent.payment_method_types.join(", ")}.`,
    { param: "payment_method" },
  );
}
