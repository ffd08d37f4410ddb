import type { InvoiceLineView } from "@/billing/invoices/model";
import { Money, quantityText, unitPriceText } from "@/ui/money";
import { detailTexts } from "./overage-text";

/** The lines of a charge as on a statement, with tax and total below. */
export function ChargeLines({
  lines,
  currency,
  taxName,
  subtotalMinor,
  taxMinor,
  totalMinor,
  totalName,
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
}) {
  return (
    <dl className="text-sm">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a statement's lines keep their order
        <div key={index} className="flex justify-between gap-6 py-1.5">
          <dt className="min-w-0">
            {line.description}
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
      <div className="mt-1.5 flex justify-between gap-6 border-t border-rule pt-3 pb-1 text-quiet">
        <dt>Subtotal</dt>
        <dd>
          <Money amountMinor={subtotalMinor} currency={currency} />
        </dd>
      </div>
      <div className="flex justify-between gap-6 py-1 text-quiet">
        <dt>{taxName}</dt>
        <dd>
          <Money amountMinor={taxMinor} currency={currency} />
        </dd>
      </div>
      <div className="mt-1 flex items-baseline justify-between gap-6 border-t border-ink/70 pt-2 font-semibold">
        <dt>{totalName}</dt>
        <dd>
          <Money amountMinor={totalMinor} currency={currency} className="text-lg" />
        </dd>
      </div>
    </dl>
  );
}
