import type { InvoiceSummary } from "@/billing/invoices/model";
import type { PaymentMethodView, Transaction } from "@/billing/payments/model";
import type { Tenant } from "@/billing/tenants/model";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { StatusBadge } from "@/ui/status-badge";
import { CardExpiry, cardName } from "../../../../../_components/card-text";
import { standingOf } from "../../../../../_components/invoice-standing";
import { InvoiceLink } from "../../../_components/links";
import { RefundButton } from "./refund-button";

/** What the tenant can be charged. */
export function MethodList({ methods }: { methods: PaymentMethodView[] }) {
  if (methods.length === 0)
    return <p className="text-sm text-quiet">None saved; a plan that costs money at once cannot be started.</p>;
  return (
    <ul className="grid gap-2 text-sm">
      {methods.map((method) => (
        <li key={method.stripePaymentMethodId} className="flex flex-wrap justify-between gap-x-4">
          <span>
            {cardName(method)}
            {method.isDefault ? <span className="text-quiet"> (default)</span> : null}
          </span>
          <CardExpiry method={method} />
        </li>
      ))}
    </ul>
  );
}

/** The newest invoices. */
export function InvoiceList({
  invoices,
  slug,
  timeZone,
}: {
  invoices: InvoiceSummary[];
  slug: string;
  timeZone: string;
}) {
  if (invoices.length === 0) return <p className="text-sm text-quiet">None yet.</p>;
  return (
    <DataTable
      caption="Invoices, newest first"
      rows={invoices}
      rowKey={(invoice) => invoice.id}
      columns={[
        {
          header: "Number",
          heading: true,
          cell: ({ number }) => <InvoiceLink number={number} slug={slug} />,
        },
        { header: "Date", cell: (invoice) => <DateText at={invoice.createdAt} timeZone={timeZone} style="short" /> },
        {
          header: "Status",
          cell: (invoice) => <StatusBadge status={standingOf(invoice)} />,
        },
        {
          header: "Total",
          align: "right",
          cell: (invoice) => (
            <Money amountMinor={invoice.totalMinor} currency={invoice.currency} className="font-medium" />
          ),
        },
        {
          header: "Still due",
          align: "right",
          cell: (invoice) =>
            invoice.status === "open" ? (
              <Money amountMinor={invoice.amountDueMinor - invoice.amountPaidMinor} currency={invoice.currency} />
            ) : (
              <span className="text-quiet">–</span>
            ),
        },
      ]}
    />
  );
}

/** Payments and refunds as one ledger, the newest first. */
export function Ledger({ transactions, tenant }: { transactions: Transaction[]; tenant: Tenant }) {
  const { slug, timeZone } = tenant;
  if (transactions.length === 0) return <p className="text-sm text-quiet">None yet.</p>;
  return (
    <DataTable
      caption="Payments and refunds, newest first"
      rows={transactions}
      rowKey={(transaction) => transaction.id}
      columns={[
        {
          header: "For",
          heading: true,
          cell: (transaction) => (
            <>
              {transaction.kind === "refund" ? "Refund of " : null}
              {transaction.invoiceNumber ? (
                <InvoiceLink number={transaction.invoiceNumber} slug={slug} />
              ) : (
                transaction.description
              )}
              {transaction.reason ? (
                <span className="block text-xs font-normal text-quiet">{transaction.reason}</span>
              ) : null}
            </>
          ),
        },
        { header: "When", cell: ({ at }) => <DateText at={at} timeZone={timeZone} style="dateTime" /> },
        {
          header: "Status",
          cell: ({ status, advice }) => (
            <>
              <StatusBadge status={status} />
              {advice ? <span className="block text-xs text-quiet">{advice}</span> : null}
            </>
          ),
        },
        {
          header: "Amount",
          align: "right",
          cell: ({ amountMinor, currency }) => (
            <Money amountMinor={amountMinor} currency={currency} className="font-medium" />
          ),
        },
        {
          header: "Action",
          align: "right",
          cell: ({ refundableMinor, currency, stripePaymentIntentId: paymentId, invoiceNumber }) =>
            refundableMinor > 0n ? (
              <RefundButton
                tenant={slug}
                payment={{ paymentId, refundableMinor, currency, name: invoiceNumber ?? "this payment" }}
              />
            ) : (
              <span className="text-quiet">–</span>
            ),
        },
      ]}
    />
  );
}
