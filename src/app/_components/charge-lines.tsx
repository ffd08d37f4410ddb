import type { InvoiceLineView } from "@/billing/invoices/model";
import { Money, quantityText, unitPriceText } from "@/ui/money";
import { lineText } from "./line-words";
import { detailTexts } from "./overage-text";

/** The lines of a charge as on a statement, with discount, tax and total below, and the credit that pays for a part of it. */
export function ChargeLines({
  lines,
  currency,
  taxName,
  subtotalMinor,
  taxMinor,
  totalMinor,
  totalName,
  amountDueMinor = totalMinor,
}: {
  lines: Array<
    Pick<InvoiceLineView, "description" | "quantity" | "unitPrice" | "amountMinor" | "kind"> &
      Partial<Pick<InvoiceLineView, "details">>
  >;
  currency: string;
  taxName: string;
  subtotalMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  totalName: string;
  /** What is left to charge where credit pays for a part. */
  amountDueMinor?: bigint;
}) {
  const discountMinor = subtotalMinor + taxMinor - totalMinor;
  return (
    <dl className="text-sm">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a statement's lines keep their order
        <div key={index} className="flex justify-between gap-6 py-1.5">
          <dt className="min-w-0">
            {lineText(line.description)}
            {line.kind === "overage" && line.unitPrice !== null ? (
              <span className="tabular block text-xs text-quiet" translate="no">
                {quantityText(line.quantity)} × {unitPriceText(line.unitPrice, currency)}
              </span>
            ) : null}
            {detailTexts(line.details ?? [], currency).map((text) => (
              <span key={text} className="tabular block text-xs text-quiet" translate="no">
                {text}
              </span>
            ))}
          </dt>
          <dd>
            <Money amountMinor={line.amountMinor} currency={currency} />
          </dd>
        </div>
      ))}
      <Sum first name="Subtotal" amountMinor={subtotalMinor} currency={currency} />
      {discountMinor > 0n ? <Sum name="Discount" amountMinor={-discountMinor} currency={currency} /> : null}
      <Sum name={taxName} amountMinor={taxMinor} currency={currency} />
      <div className="mt-1 flex items-baseline justify-between gap-6 border-t border-ink/70 pt-2 font-semibold">
        <dt>{totalName}</dt>
        <dd>
          <Money amountMinor={totalMinor} currency={currency} className="text-lg" />
        </dd>
      </div>
      {amountDueMinor === totalMinor ? null : (
        <>
          <Sum
            name={creditName(totalMinor - amountDueMinor)}
            amountMinor={amountDueMinor - totalMinor}
            currency={currency}
          />
          <Sum name="Left to charge" amountMinor={amountDueMinor} currency={currency} />
        </>
      )}
    </dl>
  );
}

/** What was too small to charge earlier is owed, the opposite of credit. */
function creditName(usedMinor: bigint): string {
  return usedMinor > 0n ? "Paid from credit" : "Left over from earlier";
}

function Sum({
  name,
  amountMinor,
  currency,
  first = false,
}: {
  name: string;
  amountMinor: bigint;
  currency: string;
  /** A rule parts the sums from the lines above them. */
  first?: boolean;
}) {
  return (
    <div className={`flex justify-between gap-6 py-1 text-quiet ${first ? "mt-1.5 border-t border-rule pt-3" : ""}`}>
      <dt className="min-w-0">{name}</dt>
      <dd>
        <Money amountMinor={amountMinor} currency={currency} />
      </dd>
    </div>
  );
}
