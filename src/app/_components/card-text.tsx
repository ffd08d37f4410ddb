import type { PaymentMethodView } from "@/billing/payments/model";

const BRANDS: Record<string, string> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  discover: "Discover",
  diners: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
};

/** "Visa •••• 4242". */
export function cardName(method: Pick<PaymentMethodView, "brand" | "last4" | "type">): string {
  const name = method.brand ? (BRANDS[method.brand] ?? method.brand) : method.type.replaceAll("_", " ");
  return method.last4 ? `${name} •••• ${method.last4}` : name;
}

/** "expires 12/2027". */
export function CardExpiry({ method }: { method: Pick<PaymentMethodView, "expiryMonth" | "expiryYear"> }) {
  if (!method.expiryMonth || !method.expiryYear) return null;
  return (
    <span className="tabular text-quiet">
      expires {String(method.expiryMonth).padStart(2, "0")}/{method.expiryYear}
    </span>
  );
}
