import type { InvoiceSummary } from "@/billing/invoices/model";
import type { PaymentMethodView, PaymentView } from "@/billing/payments/model";
import type { Tenant } from "@/billing/tenants/model";
import { DataTable } from "@/ui/data-table";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { StatusBadge } from "@/ui/status-badge";
import { CardExpiry, cardName } from "../../../../../_components/card-text";

/** What the tenant can be charged. */
export function MethodList({ methods }: { methods: PaymentMethodView[] }) {
  if (methods.length === 0)
    return <p className="text-sm text-quiet">None saved; a paid plan cannot be started here.</p>;
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
          cell: (invoice) => (
            <a href={`/t/${slug}/invoices/${invoice.number}`} className="link font-mono text-xs font-normal">
              {invoice.number}
            </a>
          ),
        },
        { header: "Date", cell: (invoice) => <DateText at={invoice.createdAt} timeZone={timeZone} style="short" /> },
        {
          header: "Status",
          cell: (invoice) => <StatusBadge status={invoice.paymentFailed ? "payment_failed" : invoice.status} />,
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

/** The newest payments and what was given back of them. */
export function PaymentList({ payments, tenant }: { payments: PaymentView[]; tenant: Tenant }) {
  const { slug, timeZone } = tenant;
  if (payments.length === 0) return <p className="text-sm text-quiet">None yet.</p>;
  return (
    <DataTable
      caption="Payments, newest first"
      rows={payments}
      rowKey={(payment) => payment.stripePaymentIntentId}
      columns={[
        {
          header: "For",
          heading: true,
          cell: (payment) =>
            payment.invoiceNumber ? (
              <a href={`/t/${slug}/invoices/${payment.invoiceNumber}`} className="link font-mono text-xs font-normal">
                {payment.invoiceNumber}
              </a>
            ) : (
              payment.description
            ),
        },
        { header: "When", cell: (payment) => <DateText at={payment.createdAt} timeZone={timeZone} style="dateTime" /> },
        {
          header: "Status",
          cell: (payment) => (
            <>
              <StatusBadge status={payment.amountRefundedMinor > 0n ? "refunded" : payment.status} />
              {payment.failureAdvice ? <span className="block text-xs text-quiet">{payment.failureAdvice}</span> : null}
            </>
          ),
        },
        {
          header: "Amount",
          align: "right",
          cell: (payment) => (
            <>
              <Money amountMinor={payment.amountMinor} currency={payment.currency} className="font-medium" />
              {payment.amountRefundedMinor > 0n ? (
                <span className="block text-xs text-quiet">
                  <Money amountMinor={-payment.amountRefundedMinor} currency={payment.currency} /> refunded
                </span>
              ) : null}
            </>
          ),
        },
      ]}
    />
  );
}
