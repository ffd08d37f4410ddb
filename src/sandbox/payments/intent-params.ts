/** Parameters payment and setup intents share, and what confirmations read from them. */
import type Stripe from "stripe";
import { invalidRequest, StripeError } from "../http/errors";
import { boolean, either, hash, type Infer, integer, Kind, list, oneOf, string } from "../http/params";
import type { RouteInput } from "../http/route";
import type { Transaction } from "../store/transaction";
import { createPaymentMethod, otherMethodTypes, paymentMethodData } from "./card-params";
import { resolvePaymentMethod } from "./cards";

/** The removed parameter: Stripe names it with a code of its own. */
const removedMethodTypes = new Kind<undefined, false>(
  () => {
    throw new StripeError(
      400,
      {
        type: "invalid_request_error",
        code: "payment_method_types_no_longer_supported",
        message:
          "The `payment_method_types` parameter is no longer supported. Remove it to use dynamic payment methods, or use `allowed_payment_method_types`.",
        param: "payment_method_types",
      },
      { beforeExecution: true },
    );
  },
  false,
  false,
);

/** Every kind of payment method that Stripe lets a caller exclude, offered here or not. */
const excludableType = oneOf(
  ...([
    "card",
    "acss_debit",
    "alipay",
    "au_becs_debit",
    "bancontact",
    "eps",
    "giropay",
    "ideal",
    "klarna",
    "multibanco",
    "p24",
    "sepa_debit",
    "sofort",
    "samsung_pay",
    "affirm",
    "afterpay_clearpay",
    "alma",
    "amazon_pay",
    "bacs_debit",
    "billie",
    "bizum",
    "blik",
    "boleto",
    "cashapp",
    "crypto",
    "customer_balance",
    "fpx",
    "grabpay",
    "kakao_pay",
    "konbini",
    "kr_card",
    "mb_way",
    "mobilepay",
    "naver_pay",
    "nz_bank_account",
    "oxxo",
    "pay_by_bank",
    "payco",
    "paynow",
    "paypal",
    "paypay",
    "payto",
    "pix",
    "promptpay",
    "revolut_pay",
    "satispay",
    "scalapay",
    "sequra",
    "sunbit",
    "swish",
    "twint",
    "upi",
    "us_bank_account",
    "wechat_pay",
    "zip",
  ] as const satisfies readonly Stripe.PaymentIntent.ExcludedPaymentMethodType[]),
);

/** Taken by create and update of both kinds of intent. */
export const methodChoiceParams = {
  payment_method_types: removedMethodTypes,
  allowed_payment_method_types: list(string()),
  excluded_payment_method_types: list(excludableType),
};

/** `automatic_payment_methods`. */
export const automaticMethodsParams = {
  automatic_payment_methods: hash({ enabled: boolean().required(), allow_redirects: oneOf("always", "never") }),
};

const acceptance = hash({
  type: oneOf("online", "offline"),
  accepted_at: integer(),
  online: hash({ ip_address: string(), user_agent: string(), infer_from_client: boolean() }),
  offline: hash({}),
});

/** `payment_method_options`: when a card is to authenticate its holder. */
export const paymentMethodOptions = hash(
  {
    card: hash({ request_three_d_secure: oneOf("any", "automatic", "challenge") }, [
      "capture_method",
      "cvc_token",
      "installments",
      "mandate_options",
      "moto",
      "network",
      "request_extended_authorization",
      "request_incremental_authorization",
      "request_multicapture",
      "request_overcapture",
      "require_cvc_recollection",
      "setup_future_usage",
      "statement_descriptor_suffix_kana",
      "statement_descriptor_suffix_kanji",
      "three_d_secure",
    ]),
  },
  ["link", "paypal", "sepa_debit", "us_bank_account"],
);

/** Taken by confirm, and by create with confirm=true. */
export const confirmParams = {
  payment_method: string(),
  payment_method_data: hash(paymentMethodData, otherMethodTypes),
  confirmation_token: string(),
  return_url: string(),
  use_stripe_sdk: boolean(),
  mandate_data: hash({ customer_acceptance: acceptance.required() }).clearable(),
};

/** Taken by verify_microdeposits. */
export const depositAnswerParams = {
  amounts: list(integer({ minimum: 1, maximum: 99 }), { maximum: 2 }),
  descriptor_code: string({ maxLength: 6 }),
};

/** Who is at the keyboard. */
export const offSessionParam = either(boolean(), oneOf("one_off", "recurring"));

type ConfirmInput = Infer<typeof confirmParams>;

/** A confirmation token can be used once, within its hours. */
function takeConfirmationToken(tx: Transaction, id: string, intent: string): Stripe.PaymentMethod {
  const token = tx.get("confirmation_token", id, "confirmation_token");
  if (token.payment_intent !== null || token.setup_intent !== null) {
    throw invalidRequest(`The confirmation token ${id} has already been used.`, { param: "confirmation_token" });
  }
  if (token.expires_at !== null && token.expires_at < tx.now(null)) {
    throw invalidRequest(`The confirmation token ${id} has expired.`, { param: "confirmation_token" });
  }
  tx.put("confirmation_token", {
    ...token,
    ...(intent.startsWith("pi_") ? { payment_intent: intent } : { setup_intent: intent }),
  });
  const method = tx.find("token_method", id)?.paymentMethod ?? "";
  return tx.get("payment_method", method, "confirmation_token");
}

/** The payment method a confirmation names, makes, or finds on the intent; null when there is none. */
export function methodForConfirmation(
  tx: Transaction,
  input: ConfirmInput,
  intent: { id: string; payment_method: string | { id: string } | null },
  keyKind: RouteInput["keyKind"],
): Stripe.PaymentMethod | null {
  if (input.confirmation_token !== undefined) return takeConfirmationToken(tx, input.confirmation_token, intent.id);
  if (input.payment_method !== undefined) return resolvePaymentMethod(tx, input.payment_method);
  if (input.payment_method_data !== undefined) {
    return createPaymentMethod(tx, input.payment_method_data, keyKind, "payment_method_data");
  }
  if (intent.payment_method === null) return null;
  return tx.get(
    "payment_method",
    typeof intent.payment_method === "string" ? intent.payment_method : intent.payment_method.id,
  );
}

/** Browsers show the challenge themselves; a server that gave a return_url gets a page to send its customer to. */
export function redirectOf(input: ConfirmInput, baseUrl: string): { returnUrl: string; baseUrl: string } | null {
  if (input.return_url === undefined || input.use_stripe_sdk === true) return null;
  return { returnUrl: input.return_url, baseUrl };
}
