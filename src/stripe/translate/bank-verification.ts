/** A set-up intent of a bank account that is not verified, as our record. Pure; needs `payment_method` expanded. */
import type Stripe from "stripe";
import type { BankVerificationRecord } from "../gateway";
import { instant } from "./values";

const FAILED_BY_DEPOSITS = "payment_method_microdeposit_";

/** Translates a set-up intent; null for those that have nothing to do with deposits. */
export function bankVerificationRecord(intent: Stripe.SetupIntent): BankVerificationRecord | null {
  const deposits = intent.next_action?.verify_with_microdeposits;
  const method = typeof intent.payment_method === "object" ? intent.payment_method : null;
  const failed = intent.last_setup_error;
  const account = method?.us_bank_account ?? failed?.payment_method?.us_bank_account ?? null;
  const shared = {
    stripeSetupIntentId: intent.id,
    bankName: account?.bank_name ?? null,
    last4: account?.last4 ?? null,
    createdAt: instant(intent.created),
  };
  if (intent.status === "requires_action" && deposits) {
    const depositType = deposits.microdeposit_type === "descriptor_code" ? "descriptor_code" : "amounts";
    const arrivesAt = instant(deposits.arrival_date);
    return { ...shared, state: "pending", depositType, arrivesAt, failureCode: null };
  }
  const code = failed?.code ?? "";
  if (intent.status !== "requires_payment_method" || !code.startsWith(FAILED_BY_DEPOSITS)) return null;
  return { ...shared, state: "failed", depositType: null, arrivesAt: null, failureCode: code };
}
