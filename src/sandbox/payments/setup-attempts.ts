/**
 * Tries to set a payment method up, one record each.
 *
 * Owns: the record of a setup intent's latest try and its end. It decides nothing; setup.ts does.
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { scenarioOf } from "./cards";

/** Records what a try has come to: the one that still waits for its holder goes on, any other is a new one. */
export function recordAttempt(
  tx: Transaction,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  status: "failed" | "requires_action" | "succeeded",
  isAuthenticated = false,
): string {
  const latest = tx.find("setup_attempt", idOf(intent.latest_attempt) ?? "");
  const goesOn = latest?.status === "requires_action" && idOf(latest.payment_method) === method.id;
  const id = goesOn ? latest.id : tx.newId("setatt");
  tx.put("setup_attempt", {
    id,
    object: "setup_attempt",
    application: null,
    attach_to_self: false,
    created: goesOn ? latest.created : tx.now(clockOf(tx, intent)),
    customer: idOf(intent.customer),
    customer_account: null,
    flow_directions: intent.flow_directions ?? null,
    livemode: false,
    on_behalf_of: null,
    payment_method: method.id,
    payment_method_details: detailsOf(tx, method, isAuthenticated),
    setup_error: status === "failed" ? intent.last_setup_error : null,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  });
  return id;
}

function detailsOf(
  tx: Transaction,
  method: Stripe.PaymentMethod,
  isAuthenticated: boolean,
): Stripe.SetupAttempt.PaymentMethodDetails {
  const { card } = method;
  if (!card) return method.type === "sepa_debit" ? { type: "sepa_debit", sepa_debit: {} } : bank;
  return {
    type: "card",
    card: {
      brand: card.brand,
      checks: {
        address_line1_check: card.checks?.address_line1_check ?? null,
        address_postal_code_check: card.checks?.address_postal_code_check ?? null,
        cvc_check: scenarioOf(tx, method.id).checks.cvc,
      },
      country: card.country,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      last4: card.last4,
      network: card.brand,
      three_d_secure: isAuthenticated
        ? {
            authentication_flow: "challenge",
            electronic_commerce_indicator: "05",
            result: "authenticated",
            result_reason: null,
            transaction_id: null,
            version: "2.2.0",
          }
        : null,
      wallet: null,
    },
  };
}

const bank: Stripe.SetupAttempt.PaymentMethodDetails = { type: "us_bank_account", us_bank_account: {} };
