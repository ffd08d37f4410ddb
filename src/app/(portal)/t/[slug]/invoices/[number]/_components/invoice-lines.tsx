import type { InvoiceDetail } from "@/billing/invoices/model";
import { PeriodText } from "@/ui/date-text";
import { Money, quantityText, unitPriceText } from "@/ui/money";
import { sumRows } from "../../../../../../_components/invoice-sums";
import { detailTexts } from "../../../../../../_components/overage-text";

/** The lines of an invoice as a statement: quantity × unit price = amount, then tax, credit and total. */
export function InvoiceLines({ invoice, timeZone }: { invoice: InvoiceDetail; timeZone: string }) {
  const { currency } = invoice;
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">Lines of invoice {invoice.number}</caption>
      <thead>
        <tr className="border-b border-ink/70 text-xs text-quiet">
          <th scope="col" className="py-2 pr-4 text-left font-medium">
            Item
          </th>
          <th scope="col" className="px-4 py-2 text-right font-medium max-sm:hidden">
            Quantity
          </th>
          <th scope="col" className="px-4 py-2 text-right font-medium max-sm:hidden">
            Unit price
          </th>
          <th scope="col" className="py-2 pl-4 text-right font-medium">
            Amount
          </th>
        </tr>
      </thead>
      <tbody>
        {invoice.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an invoice keep their order
          <tr key={index} className="border-b border-rule align-baseline">
            <th scope="row" className="py-3 pr-4 text-left font-normal">
              {line.description}
              <span className="block text-xs text-quiet">
                <PeriodText startAt={line.periodStartAt} endAt={line.periodEndAt} timeZone={timeZone} />
              </span>
              {line.unitPrice ? (
                <span className="tabular block text-xs text-quiet sm:hidden" translate="no">
                  {quantityText(line.quantity)} × {unitPriceText(line.unitPrice, currency)}
                </span>
              ) : null}
              {detailTexts(line.details, currency).map((text) => (
                <span key={text} className="tabular block text-xs text-quiet" translate="no">
                  {text}
                </span>
              ))}
            </th>
            <td className="tabular px-4 py-3 text-right max-sm:hidden">{quantityText(line.quantity)}</td>
            <td className="tabular px-4 py-3 text-right max-sm:hidden" translate="no">
              {line.unitPrice ? unitPriceText(line.unitPrice, currency) : "–"}
            </td>
            <td className="py-3 pl-4 text-right">
              <Money amountMinor={line.amountMinor} currency={currency} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <Sum name="Subtotal" amountMinor={invoice.subtotalMinor} currency={currency} quiet />
        {sumRows(invoice).map((row) => (
          <Sum key={row.name} {...row} currency={currency} quiet />
        ))}
        <Sum name="Total" amountMinor={invoice.totalMinor} currency={currency} />
        {invoice.balanceAppliedMinor !== 0n ? (
          <>
            <Sum name="Credit used" amountMinor={invoice.balanceAppliedMinor} currency={currency} quiet />
            <Sum name="Amount due" amountMinor={invoice.amountDueMinor} currency={currency} />
          </>
        ) : null}
      </tfoot>
    </table>
  );
}

function Sum({
  name,
  amountMinor,
  currency,
  quiet = false,
}: {
  name: string;
  amountMinor: bigint;
  currency: string;
  quiet?: boolean;
}) {
  return (
    <tr className={quiet ? "text-quiet" : "sum border-t border-ink/70 text-base font-semibold"}>
      {/* No cell spans columns: on a phone two of them are not there, and a span would push the amounts out of line. */}
      <td className="max-sm:hidden" />
      <td className="max-sm:hidden" />
      <th
        scope="row"
        className="relative py-2 pr-4 text-left font-normal in-[.sum]:font-semibold sm:px-4 sm:text-right"
      >
        {/* A long name lies over the empty cells beside it instead of widening the column of unit prices. */}
        <span className="sm:absolute sm:top-2 sm:right-4 sm:whitespace-nowrap">{name}</span>
      </th>
      <td className="py-2 pl-4 text-right">
        <Money amountMinor={amountMinor} currency={currency} />
      </td>
    </tr>
  );
}
