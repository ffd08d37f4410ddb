/**
 * Bank accounts as payment methods, and the mandates that let them be debited.
 *
 * The number lives for the length of one call, like a card's. A US account made from a typed number has to be verified
 * with micro-deposits before it can be used (microdeposits.ts); one made from a test id is verified already.
 */
import { createHash } from "node:crypto";
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { testRoutingNumber } from "./bank-scenarios";
import { bankScenarioOf, type CardScenario } from "./scenarios";

/** A bank account as typed. */
export interface TypedAccount {
  type: "us_bank_account" | "sepa_debit";
  number: string;
  routingNumber: string | null;
  holderType: string | null;
  accountType: string | null;
}

/** The scenario of a typed account, or Stripe's 400 for what is wrong with it. */
export function checkTypedAccount(account: TypedAccount, param: string): CardScenario {
  const number = account.number.replace(/[\s-]/g, "").toUpperCase();
  const isUs = account.type === "us_bank_account";
  if (isUs && !/^\d{9}$/.test(account.routingNumber ?? "")) {
    throw invalidRequest("The routing number must have nine digits.", {
      code: "routing_number_invalid",
      param: `${param}[routing_number]`,
    });
  }
  const scenario = bankScenarioOf(account.type, number);
  if (scenario === undefined || (isUs && account.routingNumber !== testRoutingNumber)) {
    throw invalidRequest("You must use a test bank account number in test mode.", {
      code: "account_number_invalid",
      param: `${param}[${isUs ? "account_number" : "iban"}]`,
    });
  }
  return scenario;
}

/** The fields that all payment methods share, as the caller decides them. */
export type MethodFields = Pick<Stripe.PaymentMethod, "allow_redisplay" | "billing_details" | "metadata">;

/** Stores a bank account payment method, not attached to anybody. */
export function createBankAccount(
  tx: Transaction,
  scenario: CardScenario,
  fields: MethodFields & { account?: TypedAccount; isVerified: boolean },
): Stripe.PaymentMethod {
  const { account, isVerified, ...common } = fields;
  const method = tx.put("payment_method", {
    id: tx.newId("pm"),
    object: "payment_method",
    ...common,
    created: tx.now(null),
    customer: null,
    customer_account: null,
    livemode: false,
    ...detailsOf(scenario, account),
    type: scenario.bank?.type ?? "us_bank_account",
  });
  tx.put("payment_scenario", {
    id: method.id,
    scenario: scenario.name,
    authenticatedForOffSession: false,
    verified: isVerified,
  });
  return method;
}

function detailsOf(
  scenario: CardScenario,
  account: TypedAccount | undefined,
): Pick<Stripe.PaymentMethod, "us_bank_account" | "sepa_debit"> {
  const fingerprint = createHash("sha256").update(`bank:${scenario.number}`).digest("hex").slice(0, 16);
  const last4 = scenario.number.slice(-4);
  if (scenario.bank?.type === "sepa_debit") {
    const country = scenario.number.slice(0, 2);
    const bankCode = scenario.number.slice(4, country === "DE" ? 12 : 9);
    const nothing = { branch_code: "", generated_from: { charge: null, setup_attempt: null } };
    return { sepa_debit: { ...nothing, bank_code: bankCode, country, fingerprint, last4 } };
  }
  return {
    us_bank_account: {
      account_holder_type: account?.holderType === "company" ? "company" : "individual",
      account_type: account?.accountType === "savings" ? "savings" : "checking",
      bank_name: "STRIPE TEST BANK",
      financial_connections_account: null,
      fingerprint,
      last4,
      networks: { preferred: "ach", supported: ["ach"] },
      routing_number: testRoutingNumber,
      status_details: {},
    },
  };
}

/** Whether the account still waits for its micro-deposits. SEPA accounts never do. */
export function awaitsVerification(tx: Transaction, method: Stripe.PaymentMethod): boolean {
  return method.type === "us_bank_account" && tx.find("payment_scenario", method.id)?.verified !== true;
}

/** The agreement under which an account is debited from now on. */
export function createMandate(
  tx: Transaction,
  method: Stripe.PaymentMethod,
  singleUse?: { amount: number; currency: string },
): Stripe.Mandate {
  const mandate = tx.put("mandate", {
    id: tx.newId("mandate"),
    object: "mandate",
    customer_acceptance: {
      accepted_at: tx.now(clockOf(tx, method)),
      online: { ip_address: null, user_agent: null },
      type: "online",
    },
    livemode: false,
    ...(singleUse === undefined ? { multi_use: {} } : { single_use: singleUse }),
    payment_method: method.id,
    payment_method_details:
      method.type === "sepa_debit"
        ? { type: "sepa_debit", sepa_debit: { reference: `SANDBOX-${method.sepa_debit?.last4 ?? ""}`, url: "" } }
        : { type: "us_bank_account", us_bank_account: {} },
    status: "active",
    type: singleUse === undefined ? "multi_use" : "single_use",
  });
  tx.emit("mandate.updated", mandate, {});
  return mandate;
}
