/**
 * Tokens of the older kind: a card or an account that a browser typed, to be used once.
 *
 * Owns: the token's record, and the card that `card[token]` makes of it. The number is never kept, as everywhere. Refuses:
 * identity data and accounts, of which billing knows nothing.
 */
import type Stripe from "stripe";
import { invalidParameter, invalidRequest } from "../http/errors";
import { currency, hash, type Infer, integer, oneOf, string } from "../http/params";
import type { RouteInput } from "../http/route";
import type { Transaction } from "../store/transaction";
import { checkTypedAccount } from "./bank-accounts";
import { testRoutingNumber } from "./bank-scenarios";
import {
  type BillingDetailsInput,
  checkTypedCard,
  fingerprintOf,
  fullYear,
  rawCardForbidden,
  testCardExpiry,
} from "./cards";
import { type CardScenario, scenarioNamed, scenarioOfTestId } from "./scenarios";

const addressLine = string().clearable();

/** What POST /v1/tokens accepts: one of these. */
export const tokenParams = {
  card: hash(
    {
      number: string({ maxLength: 40 }).required(),
      exp_month: integer().required(),
      exp_year: integer().required(),
      cvc: string({ maxLength: 10 }),
      name: addressLine,
      address_city: addressLine,
      address_country: addressLine,
      address_line1: addressLine,
      address_line2: addressLine,
      address_state: addressLine,
      address_zip: addressLine,
    },
    ["currency", "networks"],
  ),
  bank_account: hash(
    {
      account_number: string({ maxLength: 50 }).required(),
      country: string({ maxLength: 2 }).required(),
      currency: currency(),
      account_holder_name: string(),
      account_holder_type: oneOf("company", "individual"),
      account_type: oneOf("checking", "savings"),
      routing_number: string({ maxLength: 20 }),
    },
    ["payment_method"],
  ),
  cvc_update: hash({ cvc: string({ maxLength: 10 }).required() }),
};

type TokenParams = Infer<typeof tokenParams>;
type TypedTokenCard = NonNullable<TokenParams["card"]>;

/** Stores a token for what was typed. Card numbers are taken from browsers only. */
export function createToken(tx: Transaction, params: TokenParams, keyKind: RouteInput["keyKind"]): Stripe.Token {
  const given = [params.card, params.bank_account, params.cvc_update].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw invalidRequest("You must supply either a card, a bank account or a CVC update to create a token.", {
      code: "parameter_missing",
      param: "card",
    });
  }
  const id = tx.newId("tok");
  const base = {
    id,
    object: "token" as const,
    client_ip: "127.0.0.1",
    created: tx.now(null),
    livemode: false,
    used: false,
  };
  if (params.bank_account !== undefined) {
    return tx.put("token", { ...base, bank_account: accountOf(tx, params.bank_account), type: "bank_account" });
  }
  if (keyKind === "secret") throw rawCardForbidden();
  if (params.card === undefined) {
    if (!/^\d{3,4}$/.test(params.cvc_update?.cvc ?? "")) {
      throw invalidParameter("invalid_cvc", "cvc_update[cvc]", "Your card's security code is invalid.");
    }
    return tx.put("token", { ...base, type: "cvc_update" });
  }
  const { card } = params;
  const scenario = checkTypedCard(card, tx.now(null));
  tx.put("token_card", { id, scenario: scenario.name });
  return tx.put("token", { ...base, card: cardOf(tx, card, scenario), type: "card" });
}

function cardOf(tx: Transaction, card: TypedTokenCard, scenario: CardScenario): Stripe.Card {
  return {
    id: tx.newId("card"),
    object: "card",
    address_city: card.address_city ?? null,
    address_country: card.address_country ?? null,
    address_line1: card.address_line1 ?? null,
    address_line1_check: card.address_line1 ? "unchecked" : null,
    address_line2: card.address_line2 ?? null,
    address_state: card.address_state ?? null,
    address_zip: card.address_zip ?? null,
    address_zip_check: card.address_zip ? "unchecked" : null,
    brand: brandNames[scenario.brand] ?? scenario.brand,
    country: scenario.country,
    cvc_check: card.cvc === undefined ? null : "unchecked",
    dynamic_last4: null,
    exp_month: card.exp_month,
    exp_year: fullYear(card.exp_year),
    fingerprint: fingerprintOf(scenario.number),
    funding: scenario.funding,
    last4: scenario.number.slice(-4),
    metadata: {},
    name: card.name ?? null,
    networks: { preferred: null },
    regulated_status: "unregulated",
    tokenization_method: null,
  };
}

/** Cards of this older kind name their brands as people do. */
const brandNames: Record<string, string> = {
  visa: "Visa",
  mastercard: "MasterCard",
  amex: "American Express",
  discover: "Discover",
  diners: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
};

function accountOf(tx: Transaction, account: NonNullable<TokenParams["bank_account"]>): Stripe.BankAccount {
  const isUs = account.country.toUpperCase() === "US";
  const scenario = checkTypedAccount(
    {
      type: isUs ? "us_bank_account" : "sepa_debit",
      number: account.account_number,
      routingNumber: account.routing_number ?? null,
      holderType: account.account_holder_type ?? null,
      accountType: account.account_type ?? null,
    },
    "bank_account",
  );
  return {
    id: tx.newId("ba"),
    object: "bank_account",
    account_holder_name: account.account_holder_name ?? null,
    account_holder_type: account.account_holder_type ?? null,
    account_type: account.account_type ?? null,
    bank_name: "STRIPE TEST BANK",
    country: account.country.toUpperCase(),
    currency: account.currency ?? (isUs ? "usd" : "eur"),
    fingerprint: fingerprintOf(scenario.number),
    last4: scenario.number.slice(-4),
    routing_number: isUs ? testRoutingNumber : null,
    status: "new",
  };
}

/** A card as a token brings it. */
export interface TokenCard {
  scenario: CardScenario;
  expMonth: number;
  expYear: number;
  billingDetails: BillingDetailsInput | undefined;
}

/** The card behind "tok_visa" or behind a token of this account, which is thereby used up. */
export function takeCardToken(tx: Transaction, id: string, param: string): TokenCard {
  const known = scenarioOfTestId(id);
  if (known !== undefined) return { scenario: known, ...testCardExpiry(tx), billingDetails: undefined };
  const token = tx.find("token", id);
  if (token === undefined) {
    throw invalidRequest(`No such token: '${id}'`, { code: "resource_missing", param });
  }
  const { card } = token;
  const scenario = tx.find("token_card", id)?.scenario;
  if (card === undefined || scenario === undefined) {
    throw invalidRequest(`The token ${id} does not stand for a card.`, { param });
  }
  if (token.used) {
    throw invalidRequest(`You cannot use a Stripe token more than once: ${id}.`, { code: "token_already_used", param });
  }
  tx.put("token", { ...token, used: true });
  return {
    scenario: scenarioNamed(scenario),
    expMonth: card.exp_month,
    expYear: card.exp_year,
    billingDetails: {
      name: card.name,
      address: {
        city: card.address_city,
        country: card.address_country,
        line1: card.address_line1,
        line2: card.address_line2,
        postal_code: card.address_zip,
        state: card.address_state,
      },
    },
  };
}
