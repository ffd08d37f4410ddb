/**
 * Stripe's test cards: how each number and each `pm_card_…` id behaves.
 *
 * The table is the whole truth about test cards; code elsewhere asks it and never compares numbers. A stored payment
 * method keeps only the scenario's name, so no number survives the request that brought it.
 */
import { bankAccounts } from "./bank-scenarios";

/** When a card asks its holder: never, always, unless a set-up for later use was authenticated, or on-session only. */
export type AuthenticationRule = "never" | "always" | "unless_set_up" | "on_session";

/** A test card: its looks and everything it does differently from a card that simply works. */
export interface CardScenario {
  name: string;
  number: string;
  /** The part after "pm_card_" of the ids that stand for it. */
  paymentMethods: readonly string[];
  brand: string;
  funding: "credit" | "debit" | "prepaid";
  country: string;
  /** Why attaching or setting up is refused. */
  attachFailure: string | null;
  /** Why every charge is refused. */
  chargeFailure: string | null;
  authentication: AuthenticationRule;
  supportsAuthentication: boolean;
  /** Asks its holder only when the merchant wants that. */
  authenticatesOnRequest: boolean;
  checks: { cvc: "pass" | "fail"; line1: "pass" | "fail" | "unchecked"; postalCode: "pass" | "fail" | "unchecked" };
  risk: "normal" | "elevated" | "highest";
  refund: "immediate" | "pending" | "fails";
  /** Funds are available at once instead of after two days. */
  bypassesPending: boolean;
  /** A moment after a charge, its holder disputes it, in `count` equal parts. */
  dispute: { reason: string; isInquiry: boolean; count: number } | null;
  /** A moment after a charge, its issuer warns of fraud. */
  warnsOfFraud: boolean;
  /** A bank account rather than a card: its payments take days (bank-scenarios.ts). */
  bank: BankTraits | null;
}

/** What a test bank account does with a debit. */
export interface BankTraits {
  type: "us_bank_account" | "sepa_debit";
  /** What the debit comes to after some days: it succeeds, stays processing for ever, or fails with this code. */
  settles: "succeeds" | "never" | (string & {});
  /** Its micro-deposits never arrive. */
  depositsFail: boolean;
}

type Traits = Partial<Omit<CardScenario, "name" | "number">>;

function card(name: string, number: string, ids: string, traits: Traits = {}): CardScenario {
  return {
    name,
    number,
    paymentMethods: ids === "" ? [] : ids.split(" "),
    brand: "visa",
    funding: "credit",
    country: "US",
    attachFailure: null,
    chargeFailure: null,
    authentication: "never",
    supportsAuthentication: true,
    authenticatesOnRequest: false,
    checks: { cvc: "pass", line1: "pass", postalCode: "pass" },
    risk: "normal",
    refund: "immediate",
    bypassesPending: false,
    dispute: null,
    warnsOfFraud: false,
    bank: null,
    ...traits,
  };
}

/** A card that neither attaches nor pays. */
function declined(reason: string): Traits {
  return { attachFailure: reason, chargeFailure: reason };
}

const passes = { cvc: "pass", line1: "pass", postalCode: "pass" } as const;

const fraud = { reason: "fraudulent", isInquiry: false, count: 1 };

/** Every test card the sandbox knows. */
export const cardScenarios: readonly CardScenario[] = [
  card("visa", "4242424242424242", "visa us"),
  card("visa_debit", "4000056655665556", "visa_debit", { funding: "debit" }),
  card("mastercard", "5555555555554444", "mastercard", { brand: "mastercard" }),
  card("mastercard_2_series", "2223003122003222", "", { brand: "mastercard" }),
  card("mastercard_debit", "5200828282828210", "mastercard_debit", { brand: "mastercard", funding: "debit" }),
  card("mastercard_prepaid", "5105105105105100", "mastercard_prepaid", { brand: "mastercard", funding: "prepaid" }),
  card("amex", "378282246310005", "amex amex_threeDSecureNotSupported", {
    brand: "amex",
    supportsAuthentication: false,
  }),
  card("amex_2", "371449635398431", "", { brand: "amex", supportsAuthentication: false }),
  card("discover", "6011111111111117", "discover", { brand: "discover" }),
  card("discover_2", "6011000990139424", "", { brand: "discover" }),
  card("diners", "3056930009020004", "diners", { brand: "diners" }),
  card("diners_14", "36227206271667", "", { brand: "diners" }),
  card("jcb", "3566002020360505", "jcb", { brand: "jcb", country: "JP" }),
  card("unionpay", "6200000000000005", "unionpay", { brand: "unionpay", country: "CN" }),

  card("charge_declined", "4000000000000002", "visa_chargeDeclined chargeDeclined", declined("generic_decline")),
  card(
    "insufficient_funds",
    "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds chargeDeclinedInsufficientFunds",
    declined("insufficient_funds"),
  ),
  card("lost_card", "4000000000009987", "visa_chargeDeclinedLostCard chargeDeclinedLostCard", declined("lost_card")),
  card(
    "stolen_card",
    "4000000000009979",
    "visa_chargeDeclinedStolenCard chargeDeclinedStolenCard",
    declined("stolen_card"),
  ),
  card("expired_card", "4000000000000069", "chargeDeclinedExpiredCard", declined("expired_card")),
  card("incorrect_cvc", "4000000000000127", "chargeDeclinedIncorrectCvc", {
    ...declined("incorrect_cvc"),
    checks: { ...passes, cvc: "fail" },
  }),
  card("processing_error", "4000000000000119", "chargeDeclinedProcessingError", declined("processing_error")),
  card(
    "velocity_exceeded",
    "4000000000006975",
    "visa_chargeDeclinedVelocityLimitExceeded chargeDeclinedVelocityLimitExceeded",
    declined("card_velocity_exceeded"),
  ),
  card("charge_customer_fail", "4000000000000341", "chargeCustomerFail", { chargeFailure: "generic_decline" }),

  card("radar_block", "4100000000000019", "radarBlock", { chargeFailure: "fraudulent", risk: "highest" }),
  card("highest_risk", "4000000000004954", "riskLevelHighest", { risk: "highest" }),
  card("elevated_risk", "4000000000009235", "riskLevelElevated", { risk: "elevated" }),
  card("cvc_check_fail", "4000000000000101", "cvcCheckFail", { checks: { ...passes, cvc: "fail" } }),
  card("avs_zip_fail", "4000000000000036", "avsZipFail", { checks: { ...passes, postalCode: "fail" } }),
  card("avs_line1_fail", "4000000000000028", "avsLine1Fail", { checks: { ...passes, line1: "fail" } }),
  card("avs_fail", "4000000000000010", "avsFail", { checks: { cvc: "pass", line1: "fail", postalCode: "fail" } }),
  card("avs_unchecked", "4000000000000044", "avsUnchecked", {
    checks: { cvc: "pass", line1: "unchecked", postalCode: "unchecked" },
  }),

  card("pending_refund", "4000000000007726", "pendingRefund", { refund: "pending" }),
  card("refund_fail", "4000000000005126", "refundFail", { refund: "fails" }),
  card("dispute", "4000000000000259", "createDispute", { dispute: fraud }),
  card("dispute_not_received", "4000000000002685", "createDisputeProductNotReceived", {
    dispute: { ...fraud, reason: "product_not_received" },
  }),
  card("dispute_inquiry", "4000000000001976", "createDisputeInquiry", { dispute: { ...fraud, isInquiry: true } }),
  card("fraud_warning", "4000000000005423", "createIssuerFraudRecord", { warnsOfFraud: true }),
  card("dispute_multiple", "4000000404000079", "createMultipleDisputes", { dispute: { ...fraud, count: 2 } }),
  card("bypass_pending", "4000000000000077", "bypassPending", { bypassesPending: true }),

  card("authentication_required_on_setup", "4000002500003155", "authenticationRequiredOnSetup", {
    authentication: "unless_set_up",
  }),
  card("authentication_required", "4000002760003184", "authenticationRequired", { authentication: "always" }),
  card("authentication_already_set_up", "4000003800000446", "authenticationRequiredSetupForOffSession", {
    authentication: "on_session",
  }),
  card(
    "authentication_then_insufficient_funds",
    "4000008260003178",
    "authenticationRequiredChargeDeclinedInsufficientFunds",
    { authentication: "unless_set_up", chargeFailure: "insufficient_funds" },
  ),
  card("three_d_secure_required", "4000000000003220", "threeDSecure2Required threeDSecureRequired", {
    authentication: "unless_set_up",
  }),
  card("three_d_secure_subscription", "4000000000003063", "", { authentication: "unless_set_up" }),
  card("three_d_secure_declined", "4000008400001629", "threeDSecureRequiredChargeDeclined", {
    authentication: "unless_set_up",
    ...declined("generic_decline"),
  }),
  card("three_d_secure_error", "4000008400001280", "threeDSecureRequiredProcessingError", declined("generic_decline")),
  card("three_d_secure_optional", "4000000000003055", "threeDSecureOptional", { authenticatesOnRequest: true }),
  card("three_d_secure_optional_error", "4000000000003097", "threeDSecureOptionalProcessingError"),
];

/** The test bank accounts, as the same kind of record: code that asks a scenario need not know which it is. */
export const bankScenarios: readonly CardScenario[] = bankAccounts.map(
  ({ name, number, paymentMethods, bank, isDisputed }) =>
    card(name, number, "", {
      brand: "bank",
      bank,
      refund: "pending",
      dispute: isDisputed ? { ...fraud, reason: "debit_not_authorized" } : null,
      ...(paymentMethods === null ? {} : { paymentMethods: [paymentMethods] }),
    }),
);

const byName = new Map([...cardScenarios, ...bankScenarios].map((scenario) => [scenario.name, scenario]));
const byNumber = new Map(cardScenarios.map((scenario) => [scenario.number, scenario]));
const byId = new Map(cardScenarios.flatMap((one) => one.paymentMethods.map((id) => [id.toLowerCase(), one] as const)));

/** The scenario of a card number, if it is a test card. */
export function scenarioOfNumber(number: string): CardScenario | undefined {
  return byNumber.get(number);
}

/** The scenario of "pm_card_visa" or "tok_visa". */
export function scenarioOfTestId(id: string): CardScenario | undefined {
  const name = /^(?:pm_card_|tok_)(\w+)$/.exec(id)?.[1];
  return name === undefined ? undefined : byId.get(name.toLowerCase());
}

/** The bank account behind a number as typed, or behind "pm_usBankAccount_…". */
export function bankScenarioOf(type: BankTraits["type"], numberOrId: string): CardScenario | undefined {
  return bankScenarios.find(
    (one) => one.bank?.type === type && (one.number === numberOrId || one.paymentMethods.includes(numberOrId)),
  );
}

/** A scenario by the name a payment method's record keeps. */
export function scenarioNamed(name: string): CardScenario {
  const scenario = byName.get(name);
  if (scenario === undefined) throw new Error(`There is no card scenario "${name}".`);
  return scenario;
}
