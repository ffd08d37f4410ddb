/**
 * Every operation of Stripe's API at the pinned version, derived from the SDK's resource declarations: a letter per method
 * (G, P, D) and the path with "*" for each id. It tells "Stripe has this, the sandbox does not" (501) from "unknown" (404).
 */
const operations = `
D/v1/customers/*/discount D/v1/ephemeral_keys/* D/v1/subscriptions/*/discount DG/v1/apple_pay/domains/*
DG/v1/customers/*/tax_ids/* DG/v1/products/*/features/* DG/v1/radar/value_list_items/* DG/v1/tax_ids/*
DG/v1/test_helpers/test_clocks/* DGP/v1/accounts/* DGP/v1/accounts/*/external_accounts/*
DGP/v1/accounts/*/persons/* DGP/v1/coupons/* DGP/v1/customers/* DGP/v1/invoiceitems/* DGP/v1/invoices/*
DGP/v1/plans/* DGP/v1/products/* DGP/v1/radar/value_lists/* DGP/v1/subscription_items/* DGP/v1/subscriptions/*
DGP/v1/terminal/configurations/* DGP/v1/terminal/locations/* DGP/v1/terminal/readers/*
DGP/v1/webhook_endpoints/* DGP/v2/core/accounts/*/persons/* DGP/v2/core/event_destinations/* G G/v1/account
G/v1/accounts/*/capabilities G/v1/application_fees G/v1/application_fees/* G/v1/apps/secrets/find G/v1/balance
G/v1/balance_transactions G/v1/balance_transactions/* G/v1/billing/alerts/* G/v1/billing/credit_balance_summary
G/v1/billing/credit_balance_transactions G/v1/billing/credit_balance_transactions/*
G/v1/billing/meters/*/event_summaries G/v1/charges/search G/v1/checkout/sessions/*/line_items
G/v1/climate/products G/v1/climate/products/* G/v1/climate/suppliers G/v1/climate/suppliers/*
G/v1/confirmation_tokens/* G/v1/country_specs G/v1/country_specs/* G/v1/credit_notes/*/lines
G/v1/credit_notes/preview G/v1/credit_notes/preview/lines G/v1/customers/*/cash_balance_transactions
G/v1/customers/*/cash_balance_transactions/* G/v1/customers/*/payment_methods G/v1/customers/*/payment_methods/*
G/v1/customers/search G/v1/disputes G/v1/entitlements/active_entitlements
G/v1/entitlements/active_entitlements/* G/v1/events G/v1/events/* G/v1/exchange_rates G/v1/exchange_rates/*
G/v1/files/* G/v1/financial_connections/accounts G/v1/financial_connections/accounts/*
G/v1/financial_connections/accounts/*/owners G/v1/financial_connections/sessions/*
G/v1/financial_connections/transactions G/v1/financial_connections/transactions/* G/v1/forwarding/requests/*
G/v1/identity/verification_reports G/v1/identity/verification_reports/* G/v1/invoice_payments
G/v1/invoice_payments/* G/v1/invoice_rendering_templates G/v1/invoice_rendering_templates/*
G/v1/invoices/*/lines G/v1/invoices/search G/v1/issuing/authorizations G/v1/issuing/physical_bundles
G/v1/issuing/physical_bundles/* G/v1/issuing/tokens G/v1/issuing/transactions G/v1/mandates/*
G/v1/payment_attempt_records G/v1/payment_attempt_records/* G/v1/payment_intents/*/amount_details_line_items
G/v1/payment_intents/search G/v1/payment_links/*/line_items G/v1/payment_records G/v1/payment_records/*
G/v1/prices/search G/v1/products/search G/v1/quotes/*/computed_upfront_line_items G/v1/quotes/*/line_items
G/v1/quotes/*/pdf G/v1/radar/early_fraud_warnings G/v1/radar/early_fraud_warnings/* G/v1/reporting/report_runs/*
G/v1/reporting/report_types G/v1/reporting/report_types/* G/v1/reviews G/v1/reviews/* G/v1/setup_attempts
G/v1/sigma/scheduled_query_runs G/v1/sigma/scheduled_query_runs/* G/v1/sources/*/source_transactions
G/v1/subscriptions/search G/v1/tax/associations/find G/v1/tax/calculations/* G/v1/tax/calculations/*/line_items
G/v1/tax/locations/* G/v1/tax/transactions/* G/v1/tax/transactions/*/line_items G/v1/tax_codes G/v1/tax_codes/*
G/v1/three_d_secure/authentications/* G/v1/tokens/* G/v1/treasury/credit_reversals/*
G/v1/treasury/debit_reversals/* G/v1/treasury/inbound_transfers/* G/v1/treasury/outbound_payments/*
G/v1/treasury/outbound_transfers/* G/v1/treasury/received_credits G/v1/treasury/received_credits/*
G/v1/treasury/received_debits G/v1/treasury/received_debits/* G/v1/treasury/transaction_entries
G/v1/treasury/transaction_entries/* G/v1/treasury/transactions G/v1/treasury/transactions/*
G/v2/commerce/product_catalog/imports/* G/v2/core/account_tokens/* G/v2/core/accounts/*/person_tokens/*
G/v2/core/events G/v2/core/events/* G/v2/core/vault/gb_bank_accounts/* G/v2/money_management/adjustments
G/v2/money_management/adjustments/* G/v2/money_management/financial_accounts
G/v2/money_management/financial_addresses/* G/v2/money_management/inbound_transfers/*
G/v2/money_management/outbound_payments/* G/v2/money_management/payout_methods
G/v2/money_management/payout_methods/* G/v2/money_management/payout_methods_bank_account_spec
G/v2/money_management/received_credits G/v2/money_management/received_credits/*
G/v2/money_management/recipient_verifications/* G/v2/money_management/transaction_entries
G/v2/money_management/transaction_entries/* G/v2/money_management/transactions GP/v1/accounts
GP/v1/accounts/*/capabilities/* GP/v1/accounts/*/external_accounts GP/v1/accounts/*/persons
GP/v1/apple_pay/domains GP/v1/application_fees/*/refunds GP/v1/application_fees/*/refunds/* GP/v1/apps/installs
GP/v1/apps/installs/* GP/v1/apps/secrets GP/v1/balance_settings GP/v1/billing/alerts GP/v1/billing/credit_grants
GP/v1/billing/credit_grants/* GP/v1/billing/feedback_options GP/v1/billing/feedback_options/*
GP/v1/billing/meters GP/v1/billing/meters/* GP/v1/billing_portal/configurations
GP/v1/billing_portal/configurations/* GP/v1/charges GP/v1/charges/* GP/v1/checkout/sessions
GP/v1/checkout/sessions/* GP/v1/climate/orders GP/v1/climate/orders/* GP/v1/coupons GP/v1/credit_notes
GP/v1/credit_notes/* GP/v1/customers GP/v1/customers/*/balance_transactions
GP/v1/customers/*/balance_transactions/* GP/v1/customers/*/cash_balance GP/v1/customers/*/sources
GP/v1/customers/*/tax_ids GP/v1/disputes/* GP/v1/entitlements/features GP/v1/entitlements/features/*
GP/v1/file_links GP/v1/file_links/* GP/v1/files GP/v1/forwarding/requests GP/v1/identity/verification_sessions
GP/v1/identity/verification_sessions/* GP/v1/invoiceitems GP/v1/invoices GP/v1/issuing/authorizations/*
GP/v1/issuing/cardholders GP/v1/issuing/cardholders/* GP/v1/issuing/cards GP/v1/issuing/cards/*
GP/v1/issuing/disputes GP/v1/issuing/disputes/* GP/v1/issuing/personalization_designs
GP/v1/issuing/personalization_designs/* GP/v1/issuing/tokens/* GP/v1/issuing/transactions/*
GP/v1/payment_intents GP/v1/payment_intents/* GP/v1/payment_links GP/v1/payment_links/*
GP/v1/payment_method_configurations GP/v1/payment_method_configurations/* GP/v1/payment_method_domains
GP/v1/payment_method_domains/* GP/v1/payment_methods GP/v1/payment_methods/* GP/v1/payouts GP/v1/payouts/*
GP/v1/plans GP/v1/prices GP/v1/prices/* GP/v1/product_catalog/trial_offers GP/v1/product_catalog/trial_offers/*
GP/v1/products GP/v1/products/*/features GP/v1/promotion_codes GP/v1/promotion_codes/* GP/v1/quotes
GP/v1/quotes/* GP/v1/radar/value_list_items GP/v1/radar/value_lists GP/v1/refunds GP/v1/refunds/*
GP/v1/reporting/report_runs GP/v1/setup_intents GP/v1/setup_intents/* GP/v1/shipping_rates
GP/v1/shipping_rates/* GP/v1/sources/* GP/v1/subscription_items GP/v1/subscription_schedules
GP/v1/subscription_schedules/* GP/v1/subscriptions GP/v1/tax/locations GP/v1/tax/registrations
GP/v1/tax/registrations/* GP/v1/tax/settings GP/v1/tax_ids GP/v1/tax_rates GP/v1/tax_rates/*
GP/v1/terminal/configurations GP/v1/terminal/locations GP/v1/terminal/readers GP/v1/test_helpers/test_clocks
GP/v1/three_d_secure/authentications GP/v1/topups GP/v1/topups/* GP/v1/transfers GP/v1/transfers/*
GP/v1/transfers/*/reversals GP/v1/transfers/*/reversals/* GP/v1/treasury/credit_reversals
GP/v1/treasury/debit_reversals GP/v1/treasury/financial_accounts GP/v1/treasury/financial_accounts/*
GP/v1/treasury/inbound_transfers GP/v1/treasury/outbound_payments GP/v1/treasury/outbound_transfers
GP/v1/webhook_endpoints GP/v2/commerce/product_catalog/imports GP/v2/core/accounts GP/v2/core/accounts/*
GP/v2/core/accounts/*/persons GP/v2/core/event_destinations GP/v2/core/vault/gb_bank_accounts
GP/v2/core/vault/us_bank_accounts GP/v2/core/vault/us_bank_accounts/*
GP/v2/money_management/financial_accounts/* GP/v2/money_management/financial_addresses
GP/v2/money_management/inbound_transfers GP/v2/money_management/outbound_payments
GP/v2/money_management/outbound_setup_intents GP/v2/money_management/outbound_setup_intents/*
GP/v2/money_management/payout_intents GP/v2/money_management/payout_intents/*
GP/v2/money_management/transactions/* GPD/v1/customers/*/sources/* P/oauth/deauthorize P/oauth/token
P/v1/account_links P/v1/account_sessions P/v1/accounts/*/login_links P/v1/accounts/*/reject
P/v1/accounts/*/unreject P/v1/apps/installs/*/uninstall P/v1/apps/secrets/delete P/v1/billing/alerts/*/activate
P/v1/billing/alerts/*/archive P/v1/billing/alerts/*/deactivate P/v1/billing/credit_grants/*/expire
P/v1/billing/credit_grants/*/void P/v1/billing/feedback_options/*/deactivate
P/v1/billing/meter_event_adjustments P/v1/billing/meter_events P/v1/billing/meters/*/deactivate
P/v1/billing/meters/*/reactivate P/v1/billing_portal/sessions P/v1/charges/*/capture
P/v1/checkout/sessions/*/expire P/v1/climate/orders/*/cancel P/v1/credit_notes/*/void P/v1/customer_sessions
P/v1/customers/*/funding_instructions P/v1/customers/*/sources/*/verify P/v1/disputes/*/close
P/v1/ephemeral_keys P/v1/financial_connections/accounts/*/disconnect
P/v1/financial_connections/accounts/*/refresh P/v1/financial_connections/accounts/*/subscribe
P/v1/financial_connections/accounts/*/unsubscribe P/v1/financial_connections/sessions
P/v1/identity/verification_sessions/*/cancel P/v1/identity/verification_sessions/*/redact
P/v1/invoice_rendering_templates/*/archive P/v1/invoice_rendering_templates/*/unarchive
P/v1/invoices/*/add_lines P/v1/invoices/*/attach_payment P/v1/invoices/*/finalize P/v1/invoices/*/lines/*
P/v1/invoices/*/mark_uncollectible P/v1/invoices/*/pay P/v1/invoices/*/remove_lines P/v1/invoices/*/send
P/v1/invoices/*/update_lines P/v1/invoices/*/void P/v1/invoices/create_preview
P/v1/issuing/authorizations/*/approve P/v1/issuing/authorizations/*/decline P/v1/issuing/disputes/*/submit
P/v1/payment_intents/*/apply_customer_balance P/v1/payment_intents/*/cancel P/v1/payment_intents/*/capture
P/v1/payment_intents/*/confirm P/v1/payment_intents/*/increment_authorization
P/v1/payment_intents/*/verify_microdeposits P/v1/payment_method_domains/*/validate P/v1/payment_methods/*/attach
P/v1/payment_methods/*/detach P/v1/payment_records/*/report_payment_attempt
P/v1/payment_records/*/report_payment_attempt_canceled P/v1/payment_records/*/report_payment_attempt_failed
P/v1/payment_records/*/report_payment_attempt_guaranteed
P/v1/payment_records/*/report_payment_attempt_informational P/v1/payment_records/*/report_refund
P/v1/payment_records/report_payment P/v1/payouts/*/cancel P/v1/payouts/*/reverse P/v1/quotes/*/accept
P/v1/quotes/*/cancel P/v1/quotes/*/finalize P/v1/radar/payment_evaluations P/v1/refunds/*/cancel
P/v1/reviews/*/approve P/v1/setup_intents/*/cancel P/v1/setup_intents/*/confirm
P/v1/setup_intents/*/verify_microdeposits P/v1/sources P/v1/sources/*/verify
P/v1/subscription_schedules/*/cancel P/v1/subscription_schedules/*/release P/v1/subscriptions/*/migrate
P/v1/subscriptions/*/pause P/v1/subscriptions/*/resume P/v1/tax/calculations
P/v1/tax/transactions/create_from_calculation P/v1/tax/transactions/create_reversal
P/v1/terminal/connection_tokens P/v1/terminal/onboarding_links P/v1/terminal/readers/*/cancel_action
P/v1/terminal/readers/*/collect_inputs P/v1/terminal/readers/*/collect_payment_method
P/v1/terminal/readers/*/confirm_payment_intent P/v1/terminal/readers/*/process_payment_intent
P/v1/terminal/readers/*/process_setup_intent P/v1/terminal/readers/*/refund_payment
P/v1/terminal/readers/*/set_reader_display P/v1/test_helpers/confirmation_tokens
P/v1/test_helpers/customers/*/fund_cash_balance P/v1/test_helpers/issuing/authorizations
P/v1/test_helpers/issuing/authorizations/*/capture P/v1/test_helpers/issuing/authorizations/*/expire
P/v1/test_helpers/issuing/authorizations/*/finalize_amount
P/v1/test_helpers/issuing/authorizations/*/fraud_challenges/respond
P/v1/test_helpers/issuing/authorizations/*/increment P/v1/test_helpers/issuing/authorizations/*/reverse
P/v1/test_helpers/issuing/cards/*/shipping/deliver P/v1/test_helpers/issuing/cards/*/shipping/fail
P/v1/test_helpers/issuing/cards/*/shipping/return P/v1/test_helpers/issuing/cards/*/shipping/ship
P/v1/test_helpers/issuing/cards/*/shipping/submit P/v1/test_helpers/issuing/personalization_designs/*/activate
P/v1/test_helpers/issuing/personalization_designs/*/deactivate
P/v1/test_helpers/issuing/personalization_designs/*/reject P/v1/test_helpers/issuing/transactions/*/refund
P/v1/test_helpers/issuing/transactions/create_force_capture
P/v1/test_helpers/issuing/transactions/create_unlinked_refund P/v1/test_helpers/refunds/*/expire
P/v1/test_helpers/terminal/readers/*/present_payment_method
P/v1/test_helpers/terminal/readers/*/succeed_input_collection
P/v1/test_helpers/terminal/readers/*/timeout_input_collection P/v1/test_helpers/test_clocks/*/advance
P/v1/test_helpers/treasury/inbound_transfers/*/fail P/v1/test_helpers/treasury/inbound_transfers/*/return
P/v1/test_helpers/treasury/inbound_transfers/*/succeed P/v1/test_helpers/treasury/outbound_payments/*
P/v1/test_helpers/treasury/outbound_payments/*/fail P/v1/test_helpers/treasury/outbound_payments/*/post
P/v1/test_helpers/treasury/outbound_payments/*/return P/v1/test_helpers/treasury/outbound_transfers/*
P/v1/test_helpers/treasury/outbound_transfers/*/fail P/v1/test_helpers/treasury/outbound_transfers/*/post
P/v1/test_helpers/treasury/outbound_transfers/*/return P/v1/test_helpers/treasury/received_credits
P/v1/test_helpers/treasury/received_debits P/v1/three_d_secure/authentications/*/cancel
P/v1/three_d_secure/authentications/*/submit P/v1/tokens P/v1/topups/*/cancel
P/v1/treasury/financial_accounts/*/close P/v1/treasury/inbound_transfers/*/cancel
P/v1/treasury/outbound_payments/*/cancel P/v1/treasury/outbound_transfers/*/cancel
P/v2/billing/meter_event_adjustments P/v2/billing/meter_event_session P/v2/billing/meter_event_stream
P/v2/billing/meter_events P/v2/core/account_links P/v2/core/account_tokens P/v2/core/accounts/*/close
P/v2/core/accounts/*/person_tokens P/v2/core/event_destinations/*/disable P/v2/core/event_destinations/*/enable
P/v2/core/event_destinations/*/ping P/v2/core/vault/gb_bank_accounts/*/archive
P/v2/core/vault/gb_bank_accounts/*/unarchive P/v2/core/vault/us_bank_accounts/*/archive
P/v2/core/vault/us_bank_accounts/*/confirm_microdeposits P/v2/core/vault/us_bank_accounts/*/send_microdeposits
P/v2/core/vault/us_bank_accounts/*/unarchive P/v2/money_management/outbound_payments/*/cancel
P/v2/money_management/outbound_setup_intents/*/cancel P/v2/money_management/payout_intents/*/cancel
P/v2/money_management/payout_intents/*/confirm P/v2/money_management/payout_intents/*/refresh_fx_quote
P/v2/money_management/payout_intents/*/refresh_recipient_verification
P/v2/money_management/payout_methods/*/archive P/v2/money_management/payout_methods/*/unarchive
P/v2/money_management/recipient_verifications P/v2/money_management/recipient_verifications/*/acknowledge
P/v2/money_management/test_helpers/financial_addresses/*/credit
P/v2/money_management/transactions/*/refresh_regulatory_receipt
P/v2/test_helpers/money_management/recipient_verifications PG/v1/treasury/financial_accounts/*/features
`;

const known = new Set<string>();
for (const entry of operations.trim().split(/\s+/)) {
  const slash = entry.indexOf("/");
  for (const letter of entry.slice(0, slash)) known.add(`${letter}${entry.slice(slash)}`);
}

const methodNames: Record<string, string> = { G: "GET", P: "POST", D: "DELETE" };

function letterOf(method: string): string | undefined {
  return Object.keys(methodNames).find((letter) => methodNames[letter] === method);
}

/** Every operation of Stripe's as "POST /v1/customers/*", in the order of paths. */
export function stripeOperations(): Array<{ method: string; path: string }> {
  return [...known]
    .map((entry) => ({ method: methodNames[entry.charAt(0)] ?? "", path: entry.slice(1) }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1));
}

/** Whether Stripe itself serves this method on this path (ids given as they came). */
export function isStripeOperation(method: string, path: string): boolean {
  const letter = letterOf(method);
  const segments = path.split("/");
  // Programs that read addresses by the rules take a segment of dots for a step up, never for an id.
  if (letter === undefined || segments.includes("..") || segments.includes(".")) return false;
  // Every segment may be an id; the first three ("", "v1", resource) never are.
  const variants = (position: number, built: string): boolean => {
    const segment = segments[position];
    if (segment === undefined) return known.has(`${letter}${built}`);
    if (variants(position + 1, `${built}/${segment}`)) return true;
    return position > 2 && variants(position + 1, `${built}/*`);
  };
  return segments.length < 9 && segments[0] === "" && variants(1, "");
}

/** Whether this very path, ids aside, is one of Stripe's: /v1/customers/search is, /v1/customers/cus_1 is not. */
export function isLiteralStripePath(method: string, path: string): boolean {
  const letter = letterOf(method);
  return letter !== undefined && known.has(`${letter}${path}`);
}
