/** The fields of a dispute's evidence, and the codes networks give for its reasons. */
import type Stripe from "stripe";

/** Evidence that is plain text. */
export const textEvidence = [
  "access_activity_log",
  "billing_address",
  "cancellation_policy_disclosure",
  "cancellation_rebuttal",
  "customer_email_address",
  "customer_name",
  "customer_purchase_ip",
  "duplicate_charge_explanation",
  "duplicate_charge_id",
  "product_description",
  "refund_policy_disclosure",
  "refund_refusal_explanation",
  "service_date",
  "shipping_address",
  "shipping_carrier",
  "shipping_date",
  "shipping_tracking_number",
  "uncategorized_text",
] as const;

/** Evidence that is an uploaded file, named by its id. */
export const fileEvidence = [
  "cancellation_policy",
  "customer_communication",
  "customer_signature",
  "duplicate_charge_documentation",
  "receipt",
  "refund_policy",
  "service_documentation",
  "shipping_documentation",
  "uncategorized_file",
] as const;

function blank(): Stripe.Dispute.Evidence {
  const fields = Object.fromEntries([...textEvidence, ...fileEvidence].map((name) => [name, null]));
  // Every name of both lists is set to null, which the compiler cannot see through fromEntries.
  return {
    ...(fields as Record<(typeof textEvidence)[number] | (typeof fileEvidence)[number], null>),
    enhanced_evidence: {},
  };
}

/** Evidence nobody has given yet. */
export const blankEvidence: Stripe.Dispute.Evidence = blank();

/** Reasons of disputes, with Visa's code for each. */
export const networkReasonCodes: Readonly<Record<string, string>> = {
  credit_not_processed: "13.6",
  duplicate: "12.6.1",
  fraudulent: "10.4",
  general: "10.5",
  incorrect_account_details: "12.4",
  product_not_received: "13.1",
  product_unacceptable: "13.3",
  subscription_canceled: "13.2",
  unrecognized: "10.4",
};
