/**
 * The settings hashes of a subscription: what its invoices say, how they are paid, what the end of a trial does.
 *
 * Owns: their parameters, and laying what is given over what is there. All of it is data that other files read.
 */
import type Stripe from "stripe";
import { notSupported } from "../http/errors";
import { hash, integer, type Kind, list, oneOf, string } from "../http/params";
import type { Transaction } from "../store/transaction";

const card = hash({
  mandate_options: hash({
    amount: integer({ minimum: 0 }),
    amount_type: oneOf("fixed", "maximum"),
    description: string({ maxLength: 200 }),
  }),
  network: string(),
  request_three_d_secure: oneOf("any", "automatic", "challenge"),
});
const usBankAccount = hash({ verification_method: oneOf("automatic", "instant", "microdeposits") }, [
  "financial_connections",
]);

/** `payment_settings` of a subscription. */
export const paymentSettings = hash({
  payment_method_options: hash(
    { card: card.clearable(), sepa_debit: hash({}).clearable(), us_bank_account: usBankAccount.clearable() },
    ["acss_debit", "bancontact", "billie", "blik", "customer_balance", "konbini", "payto", "pix", "upi"],
  ).clearable(),
  payment_method_types: list(string()),
  save_default_payment_method: oneOf("off", "on_subscription"),
});

/** `trial_settings` of a subscription. */
export const trialSettings = hash({
  end_behavior: hash({
    billing_cycle_anchor: oneOf("now", "unchanged"),
    missing_payment_method: oneOf("cancel", "create_invoice", "pause"),
  }).required(),
});

/** `invoice_settings` of a subscription. */
export const invoiceSettings = hash({
  account_tax_ids: list(string(), { maximum: 25 }),
  custom_fields: list(
    hash({ name: string({ maxLength: 40 }).required(), value: string({ maxLength: 140 }).required() }),
    { maximum: 4 },
  ),
  description: string().clearable(),
  footer: string().clearable(),
  issuer: hash({ account: string(), type: oneOf("account", "self").required() }),
});

type Read<K> = K extends Kind<infer T> ? T : never;

/** The three of them, as parameters of a request. */
export interface SettingsParameters {
  invoice_settings?: Read<typeof invoiceSettings> | undefined;
  payment_settings?: Read<typeof paymentSettings> | undefined;
  trial_settings?: Read<typeof trialSettings> | undefined;
}

type Settings = Pick<Stripe.Subscription, "invoice_settings" | "payment_settings" | "trial_settings">;

/** The given settings over the ones that are there; hashes that were not given are left out. */
export function keptSettings(tx: Transaction, before: Settings, params: SettingsParameters): Partial<Settings> {
  const { invoice_settings: invoice, payment_settings: payment, trial_settings: trial } = params;
  return {
    ...(invoice === undefined ? {} : { invoice_settings: invoiceTerms(tx, before.invoice_settings, invoice) }),
    ...(payment === undefined ? {} : { payment_settings: paymentTerms(before.payment_settings, payment) }),
    ...(trial === undefined
      ? {}
      : {
          trial_settings: {
            end_behavior: {
              billing_cycle_anchor:
                trial.end_behavior.billing_cycle_anchor ??
                before.trial_settings?.end_behavior.billing_cycle_anchor ??
                null,
              missing_payment_method:
                trial.end_behavior.missing_payment_method ??
                before.trial_settings?.end_behavior.missing_payment_method ??
                "create_invoice",
            },
          },
        }),
  };
}

function invoiceTerms(
  tx: Transaction,
  before: Stripe.Subscription.InvoiceSettings,
  given: NonNullable<SettingsParameters["invoice_settings"]>,
): Stripe.Subscription.InvoiceSettings {
  if (given.issuer?.type === "account")
    throw notSupported("Another account as issuer", "invoice_settings[issuer][type]");
  for (const [index, id] of (given.account_tax_ids ?? []).entries()) {
    tx.get("tax_id", id, `invoice_settings[account_tax_ids][${index}]`);
  }
  const orNull = <T>(values: T[]): T[] | null => (values.length === 0 ? null : values);
  return {
    account_tax_ids: given.account_tax_ids === undefined ? before.account_tax_ids : orNull(given.account_tax_ids),
    custom_fields: given.custom_fields === undefined ? before.custom_fields : orNull(given.custom_fields),
    description: given.description === undefined ? before.description : given.description,
    footer: given.footer === undefined ? before.footer : given.footer,
    issuer: before.issuer,
  };
}

function paymentTerms(
  before: Stripe.Subscription.PaymentSettings | null,
  given: NonNullable<SettingsParameters["payment_settings"]>,
): Stripe.Subscription.PaymentSettings {
  const { payment_method_options: options, payment_method_types: types } = given;
  const old = before?.payment_method_options ?? null;
  return {
    payment_method_options: options === undefined ? old : options && methodOptions(old, options),
    payment_method_types:
      types === undefined ? (before?.payment_method_types ?? null) : types.length === 0 ? null : types,
    save_default_payment_method: given.save_default_payment_method ?? before?.save_default_payment_method ?? "off",
  };
}

type MethodOptions = Stripe.Subscription.PaymentSettings.PaymentMethodOptions;

function methodOptions(
  before: MethodOptions | null,
  given: NonNullable<NonNullable<SettingsParameters["payment_settings"]>["payment_method_options"]>,
): MethodOptions {
  const { card: cardGiven, sepa_debit: sepa, us_bank_account: bank } = given;
  return {
    ...(before ?? noMethodOptions),
    ...(cardGiven === undefined ? {} : { card: cardGiven && cardOptions(cardGiven) }),
    ...(sepa === undefined ? {} : { sepa_debit: sepa && {} }),
    ...(bank === undefined
      ? {}
      : {
          us_bank_account: bank && {
            ...(bank.verification_method === undefined ? {} : { verification_method: bank.verification_method }),
          },
        }),
  };
}

function cardOptions(given: Read<typeof card>): NonNullable<MethodOptions["card"]> {
  const mandate = given.mandate_options;
  return {
    ...(mandate === undefined
      ? {}
      : {
          mandate_options: {
            amount: mandate.amount ?? null,
            amount_type: mandate.amount_type ?? null,
            description: mandate.description ?? null,
          },
        }),
    network: given.network ?? null,
    request_three_d_secure: given.request_three_d_secure ?? null,
  };
}

const noMethodOptions: MethodOptions = {
  acss_debit: null,
  bancontact: null,
  card: null,
  customer_balance: null,
  konbini: null,
  payto: null,
  pix: null,
  sepa_debit: null,
  upi: null,
  us_bank_account: null,
};
