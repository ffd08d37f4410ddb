import { currencyExponent, majorText } from "@/billing/kernel/currency";

/** The parts of an amount as a locale writes them, from exact minor units. */
function moneyParts(amountMinor: bigint, currency: string, locale: string): Intl.NumberFormatPart[] {
  const digits = currencyExponent(currency);
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).formatToParts(majorText(amountMinor, currency) as Intl.StringNumericLiteral);
}

/** An amount as text, for button labels and titles: "$349.92", "−$5.00". */
export function moneyText(amountMinor: bigint, currency: string, locale = "en-US"): string {
  return moneyParts(amountMinor, currency, locale)
    .map((part) => (part.type === "minusSign" ? "−" : part.value))
    .join("");
}

/** An amount of money: tabular figures, the currency sign quiet beside them, a real minus sign. */
export function Money({
  amountMinor,
  currency,
  locale = "en-US",
  className = "",
}: {
  amountMinor: bigint;
  currency: string;
  locale?: string;
  className?: string;
}) {
  return (
    <span translate="no" className={`tabular whitespace-nowrap ${className}`}>
      {moneyParts(amountMinor, currency, locale).map((part, index) =>
        part.type === "currency" ? (
          // The parts of one amount never change their order.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <span key={index} className="pr-[0.06em] font-normal text-quiet">
            {part.value}
          </span>
        ) : part.type === "minusSign" ? (
          "−"
        ) : (
          part.value
        ),
      )}
    </span>
  );
}

/** A unit price as text with every digit it has, and at least the currency's: "$0.001", "$0.50". */
export function unitPriceText(unitPrice: string, currency: string, locale = "en-US"): string {
  const digits = (unitPrice.split(".")[1] ?? "").replace(/0+$/, "").length;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: currency.toUpperCase(),
    minimumFractionDigits: currencyExponent(currency),
    maximumFractionDigits: Math.max(currencyExponent(currency), digits),
  }).format(unitPrice as Intl.StringNumericLiteral);
}

/** The price of one unit, never rounded: "$0.001 per call". */
export function UnitPrice({ unitPrice, currency, unit }: { unitPrice: string; currency: string; unit?: string }) {
  return (
    <span translate="no" className="tabular whitespace-nowrap">
      {unitPriceText(unitPrice, currency)}
      {unit ? <span className="text-quiet"> per {unit}</span> : null}
    </span>
  );
}

/** A quantity as text: "1,247", "12.5". */
export function quantityText(quantity: string, locale = "en-US"): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 12 }).format(quantity as Intl.StringNumericLiteral);
}
