/**
 * Makes card payment methods: from test ids, and from the number a browser typed.
 *
 * The number lives for the length of one call. What stays is its last four digits, a fingerprint, and the scenario's name.
 */
import { createHash } from "node:crypto";
import type Stripe from "stripe";
import { invalidRequest, StripeError } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { createBankAccount } from "./bank-accounts";
import { cardRefused, paymentFailure } from "./failures";
import { bankScenarioOf, type CardScenario, scenarioNamed, scenarioOfNumber, scenarioOfTestId } from "./scenarios";

/** A card as typed. */
export interface TypedCard {
  number: string;
  exp_month: number;
  exp_year: number;
  cvc?: string | undefined;
}

type AddressFields = Record<
  "city" | "country" | "line1" | "line2" | "postal_code" | "state",
  string | null | undefined
>;

/** Billing details as parameters bring them: null clears, undefined leaves alone. */
export interface BillingDetailsInput {
  address?: Partial<AddressFields> | null | undefined;
  email?: string | null | undefined;
  name?: string | null | undefined;
  phone?: string | null | undefined;
}

/** What a card payment method is made from. */
export interface NewCard {
  scenario: CardScenario;
  expMonth: number;
  expYear: number;
  billingDetails?: BillingDetailsInput | undefined;
  metadata?: Record<string, string> | undefined;
  allowRedisplay?: Stripe.PaymentMethod.AllowRedisplay | undefined;
}

const networkNames: Record<string, string> = { diners: "diners", amex: "amex" };

/** Whether the last digit is the right one (Luhn). */
export function hasValidCheckDigit(number: string): boolean {
  let sum = 0;
  for (let position = 0; position < number.length; position += 1) {
    const digit = Number(number[number.length - 1 - position]);
    const doubled = position % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The scenario of a typed card, or Stripe's 402 for what is wrong with it. `now` is virtual time. */
export function checkTypedCard(card: TypedCard, now: number): CardScenario {
  const number = card.number.replace(/[\s-]/g, "");
  if (!/^\d{12,19}$/.test(number)) throw cardRefused(paymentFailure("invalid_number"), "number");
  if (!hasValidCheckDigit(number)) throw cardRefused(paymentFailure("incorrect_number"), "number");
  if (card.exp_month < 1 || card.exp_month > 12) throw cardRefused(paymentFailure("invalid_expiry_month"), "exp_month");
  const today = new Date(now * 1_000);
  const year = card.exp_year < 100 ? 2_000 + card.exp_year : card.exp_year;
  const monthsLeft = (year - today.getUTCFullYear()) * 12 + card.exp_month - 1 - today.getUTCMonth();
  if (year > today.getUTCFullYear() + 50) throw cardRefused(paymentFailure("invalid_expiry_year"), "exp_year");
  if (monthsLeft < 0) {
    const param = year < today.getUTCFullYear() ? "year" : "month";
    throw cardRefused(paymentFailure(`invalid_expiry_${param}`), `exp_${param}`);
  }
  const scenario = scenarioOfNumber(number);
  const cvcLength = /^3[47]/.test(number) ? 4 : 3;
  if (card.cvc !== undefined && !(/^\d{3,4}$/.test(card.cvc) && card.cvc.length === cvcLength)) {
    throw cardRefused(paymentFailure("invalid_cvc"), "cvc");
  }
  if (scenario === undefined) throw cardRefused(paymentFailure("test_mode_live_card"), "number");
  return scenario;
}

/** A full year for what was typed as two digits. */
export function fullYear(year: number): number {
  return year < 100 ? 2_000 + year : year;
}

/** Sending raw numbers with a secret key is what Stripe refuses, because the server should never have seen them. */
export function rawCardForbidden(): StripeError {
  return new StripeError(402, {
    type: "invalid_request_error",
    message:
      "Sending credit card numbers directly to the Stripe API is generally unsafe. Collect cards with Stripe.js, or use test payment methods such as pm_card_visa.",
  });
}

/** The same number has the same fingerprint, and nobody can read the number off it. */
export function fingerprintOf(number: string): string {
  return createHash("sha256").update(`card:${number}`).digest("base64url").replace(/[-_]/g, "A").slice(0, 16);
}

/** Billing details of which nothing is known. */
export function emptyBillingDetails(): Stripe.PaymentMethod.BillingDetails {
  return {
    address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
    email: null,
    name: null,
    phone: null,
    tax_id: null,
  };
}

function mergeAddress(
  current: Stripe.Address | null,
  change: Partial<AddressFields> | null | undefined,
): Stripe.Address {
  const blank: Stripe.Address = emptyBillingDetails().address ?? {
    city: null,
    country: null,
    line1: null,
    line2: null,
    postal_code: null,
    state: null,
  };
  if (change === null) return blank;
  const next: Stripe.Address = { ...blank, ...current };
  for (const field of ["city", "country", "line1", "line2", "postal_code", "state"] as const) {
    const value = change?.[field];
    if (value !== undefined) next[field] = value;
  }
  return next;
}

/** Billing details after a change: undefined leaves a field as it was, null clears it. */
export function mergeBillingDetails(
  current: Stripe.PaymentMethod.BillingDetails,
  change: BillingDetailsInput | undefined,
): Stripe.PaymentMethod.BillingDetails {
  if (change === undefined) return current;
  return {
    ...current,
    address: mergeAddress(current.address, change.address),
    email: change.email === undefined ? current.email : change.email,
    name: change.name === undefined ? current.name : change.name,
    phone: change.phone === undefined ? current.phone : change.phone,
  };
}

/** Stores a card payment method, not attached to anybody. Stripe sends no event for this. */
export function createCard(tx: Transaction, card: NewCard, customer: string | null = null): Stripe.PaymentMethod {
  const { scenario } = card;
  const clock = customer === null ? null : tx.find("customer", customer)?.test_clock;
  const details = mergeBillingDetails(emptyBillingDetails(), card.billingDetails);
  const network = networkNames[scenario.brand] ?? scenario.brand;
  const method = tx.put("payment_method", {
    id: tx.newId("pm"),
    object: "payment_method",
    allow_redisplay: card.allowRedisplay ?? "unspecified",
    billing_details: details,
    card: {
      brand: scenario.brand,
      checks: {
        address_line1_check: details.address?.line1 ? scenario.checks.line1 : null,
        address_postal_code_check: details.address?.postal_code ? scenario.checks.postalCode : null,
        cvc_check: customer === null ? "unchecked" : scenario.checks.cvc,
      },
      country: scenario.country,
      display_brand: scenario.brand === "amex" ? "american_express" : scenario.brand,
      exp_month: card.expMonth,
      exp_year: card.expYear,
      fingerprint: fingerprintOf(scenario.number),
      funding: scenario.funding,
      generated_from: null,
      last4: scenario.number.slice(-4),
      networks: { available: [network], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: scenario.supportsAuthentication },
      wallet: null,
    },
    created: tx.now(typeof clock === "string" ? clock : null),
    customer,
    customer_account: null,
    livemode: false,
    metadata: card.metadata ?? {},
    type: "card",
  });
  tx.put("payment_scenario", { id: method.id, scenario: scenario.name, authenticatedForOffSession: false });
  return method;
}

/** The behaviour behind a payment method. */
export function scenarioOf(tx: Transaction, paymentMethod: string): CardScenario {
  return scenarioNamed(tx.find("payment_scenario", paymentMethod)?.scenario ?? "visa");
}

/** Expiry of cards made from test ids: always some years ahead of virtual time. */
export function testCardExpiry(tx: Transaction): { expMonth: number; expYear: number } {
  return { expMonth: 12, expYear: new Date(tx.now(null) * 1_000).getUTCFullYear() + 8 };
}

/** A payment method by id; "pm_card_visa" and its kind become a new one of that card. */
export function resolvePaymentMethod(tx: Transaction, id: string, param = "payment_method"): Stripe.PaymentMethod {
  const existing = tx.find("payment_method", id);
  if (existing !== undefined) return existing;
  const bank = id.startsWith("pm_usBankAccount_") ? bankScenarioOf("us_bank_account", id) : undefined;
  if (bank !== undefined) {
    const fields = { billing_details: { ...emptyBillingDetails(), name: "Test Holder" }, metadata: {} };
    return createBankAccount(tx, bank, { ...fields, allow_redisplay: "unspecified", isVerified: true });
  }
  const scenario = id.startsWith("pm_card_") ? scenarioOfTestId(id) : undefined;
  if (scenario === undefined) return tx.get("payment_method", id, param);
  return createCard(tx, { scenario, ...testCardExpiry(tx) });
}

/** Puts a payment method on a customer; a declining card is refused, one that belongs to another customer too. */
export function attachPaymentMethod(
  tx: Transaction,
  method: Stripe.PaymentMethod,
  customer: string,
): Stripe.PaymentMethod {
  if (method.customer === customer) return method;
  if (method.customer !== null) {
    throw invalidRequest("The payment method you provided has already been attached to a customer.");
  }
  const { checks } = scenarioOf(tx, method.id);
  const card = method.card;
  const attached = tx.put("payment_method", {
    ...method,
    customer,
    ...(card === undefined || card === null
      ? {}
      : {
          card: {
            ...card,
            checks: {
              address_line1_check: card.checks?.address_line1_check ?? null,
              address_postal_code_check: card.checks?.address_postal_code_check ?? null,
              cvc_check: checks.cvc,
            },
          },
        }),
  });
  tx.emit("payment_method.attached", attached);
  return attached;
}
