import type { InvoiceDetail } from "@/billing/invoices/model";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { StatusBadge } from "@/ui/status-badge";

/** What went back of an invoice: refunds and the credit notes that account for them, newest first. */
export function GivenBackList({ invoice, timeZone }: { invoice: InvoiceDetail; timeZone: string }) {
  const { currency } = invoice;
  return (
    <ol className="grid gap-3 text-sm">
      {invoice.givenBack.map(({ id, amountMinor, createdAt, creditNote, refundStatus }) => (
        <li key={id} className="border-b border-rule pb-3 last:border-b-0">
          <div className="flex flex-wrap justify-between gap-x-6">
            {refundStatus === null ? <span>Credited</span> : <StatusBadge status={`refund_${refundStatus}`} />}
            <Money amountMinor={-amountMinor} currency={currency} />
          </div>
          <DateText at={createdAt} timeZone={timeZone} style="dateTime" className="text-quiet" />
          {creditNote === null ? null : (
            <p className="mt-1">
              Credit note <span className="break-all font-mono text-[0.8125rem]">{creditNote.number}</span> over{" "}
              <Money amountMinor={creditNote.totalMinor} currency={currency} />
              {creditNote.taxMinor === 0n ? null : (
                <>
                  , with <Money amountMinor={creditNote.taxMinor} currency={currency} /> of tax
                </>
              )}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}
