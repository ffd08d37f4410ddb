/** Card, bank account and payment method data as parameters, and the payment methods they become. */
import type Stripe from "stripe";
import { invalidParameter } from "../http/errors";
import { applyMetadata, hash, type Infer, integer, metadata, oneOf, string } from "../http/params";
import type { RouteInput } from "../http/route";
import { billingDetailsParams } from "../resources/shared-params";
import type { Transaction } from "../store/transaction";
import { checkTypedAccount, createBankAccount } from "./bank-accounts";
import {
  checkTypedCard,
  createCard,
  emptyBillingDetails,
  fullYear,
  mergeBillingDetails,
  rawCardForbidden,
} from "./cards";
import { takeCardToken } from "./tokens";

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
  type: oneOf("card", "us_bank_account", "sepa_debit").required(),
  card: hash(cardParams, ["networks"]),
  us_bank_account: hash(
    {
      account_holder_type: oneOf("company", "individual"),
      account_number: string({ maxLength: 30 }),
      account_type: oneOf("checking", "savings"),
      routing_number: string({ maxLength: 20 }),
    },
    ["financial_connections_account"],
  ),
  sepa_debit: hash({ iban: string({ maxLength: 50 }) }),
  billing_details: billingDetailsParams(),
  allow_redisplay: oneOf("always", "limited", "unspecified"),
  metadata: metadata(),
};

/** Names of Stripe's other kinds of payment method: refused as unsupported, not as unknown. */
export const otherMethodTypes: readonly string[] = ["link", "paypal", "cashapp", "klarna", "ideal", "radar_options"];

type KeyKind = RouteInput["keyKind"];

/** Makes the payment method that the data describe. Raw numbers are only taken from a browser. */
export function createPaymentMethod(
  tx: Transaction,
  data: Infer<typeof paymentMethodData>,
  keyKind: KeyKind,
  prefix = "",
): Stripe.PaymentMethod {
  const param = (name: string) => (prefix === "" ? name : `${prefix}[${name}]`);
  if (data.type !== "card") return bankAccountOf(tx, data, param);
  const { card } = data;
  if (card === undefined)
    throw invalidParameter("parameter_missing", param("card"), `Missing required param: ${param("card")}.`);
  const common = {
    billingDetails: data.billing_details,
    metadata: applyMetadata({}, data.metadata),
    allowRedisplay: data.allow_redisplay,
  };
  if (card.token !== undefined) {
    const { billingDetails, ...taken } = takeCardToken(tx, card.token, param("card[token]"));
    const fromToken = common.billingDetails ?? billingDetails;
    return createCard(tx, { ...taken, ...common, billingDetails: fromToken });
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

function missing(name: string): Error {
  return invalidParameter("parameter_missing", name, `Missing required param: ${name}.`);
}

/** Bank accounts may be sent by a server too; their holders must be named. */
function bankAccountOf(
  tx: Transaction,
  data: Infer<typeof paymentMethodData>,
  param: (name: string) => string,
): Stripe.PaymentMethod {
  const isUs = data.type === "us_bank_account";
  const type = isUs ? "us_bank_account" : "sepa_debit";
  const number = isUs ? data.us_bank_account?.account_number : data.sepa_debit?.iban;
  const details = param(type);
  if (number === undefined) throw missing(`${details}[${isUs ? "account_number" : "iban"}]`);
  if (!data.billing_details?.name) throw missing(`${param("billing_details")}[name]`);
  if (!isUs && !data.billing_details.email) throw missing(`${param("billing_details")}[email]`);
  const account = {
    type,
    number,
    routingNumber: data.us_bank_account?.routing_number ?? null,
    holderType: data.us_bank_account?.account_holder_type ?? null,
    accountType: data.us_bank_account?.account_type ?? null,
  } as const;
  return createBankAccount(tx, checkTypedAccount(account, details), {
    account,
    allow_redisplay: data.allow_redisplay ?? "unspecified",
    billing_details: mergeBillingDetails(emptyBillingDetails(), data.billing_details),
    metadata: applyMetadata({}, data.metadata),
    isVerified: !isUs,
  });
}
