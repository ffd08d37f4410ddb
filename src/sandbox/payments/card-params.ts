/** Card data and payment method data as parameters, and the payment methods they become. */
import type Stripe from "stripe";
import { invalidParameter, invalidRequest } from "../http/errors";
import { applyMetadata, hash, type Infer, integer, metadata, oneOf, string } from "../http/params";
import type { RouteInput } from "../http/route";
import { billingDetailsParams } from "../resources/shared-params";
import type { Transaction } from "../store/transaction";
import { checkTypedCard, createCard, fullYear, rawCardForbidden, testCardExpiry } from "./cards";
import { scenarioOfTestId } from "./scenarios";

/** `card[…]`: a number as typed, or a token such as tok_visa. */
export const cardParams = {
  number: string({ maxLength: 40 }),
  exp_month: integer(),
  exp_year: integer(),
  cvc: string({ maxLength: 10 }),
  token: string(),
};

/** `payment_method_data[…]`, and the whole body of POST /v1/payment_methods. */
export const paymentMethodData = {
  type: oneOf("card").required(),
  card: hash(cardParams, ["networks"]),
  billing_details: billingDetailsParams(),
  allow_redisplay: oneOf("always", "limited", "unspecified"),
  metadata: metadata(),
};

/** Names of Stripe's other kinds of payment method: refused as unsupported, not as unknown. */
export const otherMethodTypes: readonly string[] = [
  "us_bank_account",
  "sepa_debit",
  "link",
  "paypal",
  "cashapp",
  "klarna",
  "ideal",
  "radar_options",
];

type KeyKind = RouteInput["keyKind"];

/** Makes the payment method that the data describe. Raw numbers are only taken from a browser. */
export function createPaymentMethod(
  tx: Transaction,
  data: Infer<typeof paymentMethodData>,
  keyKind: KeyKind,
  prefix = "",
): Stripe.PaymentMethod {
  const param = (name: string) => (prefix === "" ? name : `${prefix}[${name}]`);
  const { card } = data;
  if (card === undefined)
    throw invalidParameter("parameter_missing", param("card"), `Missing required param: ${param("card")}.`);
  const common = {
    billingDetails: data.billing_details,
    metadata: applyMetadata({}, data.metadata),
    allowRedisplay: data.allow_redisplay,
  };
  if (card.token !== undefined) {
    const scenario = card.token.startsWith("tok_") ? scenarioOfTestId(card.token) : undefined;
    if (scenario === undefined) {
      throw invalidRequest(`No such token: '${card.token}'`, { code: "resource_missing", param: param("card[token]") });
    }
    return createCard(tx, { scenario, ...testCardExpiry(tx), ...common });
  }
  const { number, exp_month: expMonth, exp_year: expYear, cvc } = card;
  if (number === undefined || expMonth === undefined || expYear === undefined) {
    const missing = number === undefined ? "number" : expMonth === undefined ? "exp_month" : "exp_year";
    const name = `${prefix === "" ? "card" : `${prefix}[card]`}[${missing}]`;
    throw invalidParameter("parameter_missing", name, `Missing required param: ${name}.`);
  }
  if (keyKind === "secret") throw rawCardForbidden();
  const scenario = checkTypedCard({ number, exp_month: expMonth, exp_year: expYear, cvc }, tx.now(null));
  return createCard(tx, { scenario, expMonth, expYear: fullYear(expYear), ...common });
}
