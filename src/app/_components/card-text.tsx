import type { PaymentMethodView } from "@/billing/payments/model";

const BRANDS: Record<string, string> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  american_express: "American Express",
  discover: "Discover",
  diners: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
};

const ACCOUNTS: Record<string, string> = {
  us_bank_account: "US bank account",
  sepa_debit: "SEPA account",
};

/** Whether it is an account that is debited, and not a card. */
export function isBankAccount(method: Pick<PaymentMethodView, "type">): boolean {
  return method.type in ACCOUNTS;
}

/** "Visa •••• 4242", "STRIPE TEST BANK •••• 6789". */
export function cardName(
  method: Pick<PaymentMethodView, "brand" | "last4" | "type"> & { bankName?: string | null },
): string {
  const kind = ACCOUNTS[method.type] ?? method.type.replaceAll("_", " ");
  const name = method.brand ? (BRANDS[method.brand] ?? method.brand) : (method.bankName ?? kind);
  return method.last4 ? `${name} •••• ${method.last4}` : name;
}

const SOON: Record<NonNullable<PaymentMethodView["expiry"]>, string> = {
  expired: "expired",
  within_30_days: "expires within 30 days",
  within_60_days: "expires within 60 days",
};

/** "expires 12/2027", and a word in amber when that is soon; "US bank account" for an account. */
export function CardExpiry({
  method,
}: {
  method: Pick<PaymentMethodView, "expiryMonth" | "expiryYear"> & Partial<Pick<PaymentMethodView, "type" | "expiry">>;
}) {
  if (method.type && method.type in ACCOUNTS) return <span className="text-quiet">{ACCOUNTS[method.type]}</span>;
  if (!method.expiryMonth || !method.expiryYear) return null;
  const month = `${String(method.expiryMonth).padStart(2, "0")}/${method.expiryYear}`;
  return (
    <span className="tabular text-quiet">
      {method.expiry === "expired" ? "ended" : "expires"} {month}
      {method.expiry ? <span className="ml-2 font-medium text-risk">{SOON[method.expiry]}</span> : null}
    </span>
  );
}
