import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { cache } from "react";
import type { InvoiceDetail } from "@/billing/invoices/model";
import { problemText } from "@/billing/invoices/rules/statement";
import { taxNotes } from "@/billing/kernel/tax";
import { addressLines, taxIdLines } from "@/billing/tenants/rules-billing-details";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { DateText, PeriodText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { Facts, PageHeader, Section } from "@/ui/page-header";
import { StatusBadge } from "@/ui/status-badge";
import { standingOf } from "../../../../../_components/invoice-standing";
import { mayManage, portalOf } from "../../../../../_components/portal";
import { GivenBackList } from "./_components/given-back";
import { InvoiceLines } from "./_components/invoice-lines";
import { PayInvoice } from "./_components/pay-invoice";

type Props = { params: Promise<{ slug: string; number: string }> };

const invoiceOf = cache(async (slug: string, number: string): Promise<InvoiceDetail> => {
  const { tenant } = await portalOf(slug);
  try {
    return await api.invoices.get({ tenant: tenant.slug, invoiceId: number });
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, number } = await params;
  return { title: (await invoiceOf(slug, number)).number };
}

export default async function InvoicePage({ params }: Props) {
  const { slug, number } = await params;
  const [{ tenant, role }, invoice] = await Promise.all([portalOf(slug), invoiceOf(slug, number)]);
  const base = `/t/${tenant.slug}`;
  const { timeZone } = tenant;
  const dueMinor = invoice.amountDueMinor - invoice.amountPaidMinor;
  return (
    <>
      <PageHeader
        back={
          <Link href={`${base}/invoices`} className="link">
            Invoices
          </Link>
        }
        title={<span className="font-mono text-xl tracking-normal">{invoice.number}</span>}
        action={
          invoice.status === "draft" ? (
            <p className="text-sm text-quiet">The PDF exists once the invoice is final.</p>
          ) : (
            <ButtonLink hard href={`${base}/invoices/${invoice.number}/pdf`}>
              Download PDF
            </ButtonLink>
          )
        }
      >
        {invoice.planName ? `${invoice.planName}, ` : ""}
        <PeriodText startAt={invoice.periodStartAt} endAt={invoice.periodEndAt} timeZone={timeZone} />
      </PageHeader>
      {invoice.problem ? <Problem problem={invoice.problem} settingsHref={`${base}/settings`} /> : null}
      <div className="grid gap-x-16 gap-y-10 xl:grid-cols-[minmax(0,8fr)_minmax(0,4fr)]">
        <Section title="Lines">
          <InvoiceLines invoice={invoice} timeZone={timeZone} />
          {taxNotes(invoice.taxes).map((note) => (
            <p key={note} className="mt-4 max-w-prose text-sm">
              {note}
            </p>
          ))}
        </Section>
        <div className="grid content-start gap-10">
          <Section title={invoice.status === "open" ? "To pay" : "Total"}>
            <Standing invoice={invoice} dueMinor={dueMinor} timeZone={timeZone} />
            {invoice.status === "open" && dueMinor > 0n && mayManage(role) ? (
              <PayInvoice
                tenant={tenant.slug}
                number={invoice.number}
                invoiceId={invoice.id}
                dueMinor={dueMinor}
                currency={invoice.currency}
              />
            ) : null}
          </Section>
          <Section title="Parties">
            <Parties invoice={invoice} />
          </Section>
          <Section title="Payments">
            <PaymentTimeline invoice={invoice} timeZone={timeZone} />
          </Section>
          {invoice.givenBack.length === 0 ? null : (
            <Section title="Given back">
              <GivenBackList invoice={invoice} timeZone={timeZone} />
            </Section>
          )}
        </div>
      </div>
    </>
  );
}

function Problem({ problem, settingsHref }: { problem: NonNullable<InvoiceDetail["problem"]>; settingsHref: string }) {
  const { title, text } = problemText(problem);
  return (
    <div role="note" className="mb-8 border-l-2 border-risk-fill bg-risk-wash px-4 py-3">
      <p className="font-medium">{title}</p>
      <p className="mt-0.5 max-w-prose text-sm">{text}</p>
      {problem === "not_issued" ? null : (
        <p className="mt-2 text-sm">
          <Link href={settingsHref} className="link">
            Open the billing details
          </Link>
        </p>
      )}
    </div>
  );
}

/** Who sold to whom, as it stood when the invoice was issued. */
function Parties({ invoice }: { invoice: InvoiceDetail }) {
  const { customer, seller, purchaseOrder } = invoice;
  const from = [...seller.address, ...(seller.taxId ? [`Tax id ${seller.taxId}`] : [])];
  const to = [...addressLines(customer.address), ...taxIdLines(customer.taxIds)];
  return (
    <dl className="grid gap-5 text-sm sm:grid-cols-2 xl:grid-cols-1 2xl:grid-cols-2">
      <PartyLines name="Billed to" first={customer.name ?? invoice.tenantName} lines={to} last={customer.email} />
      <PartyLines name="From" first={seller.name} lines={from} last={null} />
      {purchaseOrder ? <PartyLines name="Your reference" first={purchaseOrder} lines={[]} last={null} /> : null}
    </dl>
  );
}

function PartyLines({
  name,
  first,
  lines,
  last,
}: {
  name: string;
  first: string;
  lines: string[];
  last: string | null;
}) {
  return (
    <div>
      <dt className="text-quiet">{name}</dt>
      <dd className="break-words">
        <span className="block font-medium">{first}</span>
        {lines.map((line) => (
          <span key={line} className="block">
            {line}
          </span>
        ))}
        {last ? <span className="block text-quiet">{last}</span> : null}
      </dd>
    </div>
  );
}

function PaymentTimeline({ invoice, timeZone }: { invoice: InvoiceDetail; timeZone: string }) {
  if (invoice.payments.length === 0) {
    const why = invoice.amountDueMinor === 0n ? "Nothing was to be collected." : "None made or tried yet.";
    return <p className="text-sm text-quiet">{why}</p>;
  }
  return (
    <ol className="grid gap-3 text-sm">
      {invoice.payments.map((payment) => (
        <li key={payment.createdAt.toISOString()} className="border-b border-rule pb-3 last:border-b-0">
          <div className="flex flex-wrap justify-between gap-x-6">
            <StatusBadge status={payment.status} />
            <Money amountMinor={payment.amountMinor} currency={invoice.currency} />
          </div>
          <DateText at={payment.createdAt} timeZone={timeZone} style="dateTime" className="text-quiet" />
          {payment.advice ? <p className="mt-1">{payment.advice}</p> : null}
        </li>
      ))}
    </ol>
  );
}

function Standing({ invoice, dueMinor, timeZone }: { invoice: InvoiceDetail; dueMinor: bigint; timeZone: string }) {
  return (
    <>
      <Money
        amountMinor={invoice.status === "open" ? dueMinor : invoice.totalMinor}
        currency={invoice.currency}
        className="mb-4 block font-serif text-4xl tracking-[-0.01em]"
      />
      <Facts
        items={[
          {
            name: "Status",
            value: <StatusBadge status={standingOf(invoice)} />,
          },
          {
            name: "Issued",
            value: <DateText at={invoice.issuedAt ?? invoice.createdAt} timeZone={timeZone} />,
          },
          { name: "Due", value: <DateText at={invoice.dueAt} timeZone={timeZone} /> },
          ...(invoice.paidAt ? [{ name: "Paid", value: <DateText at={invoice.paidAt} timeZone={timeZone} /> }] : []),
          ...(invoice.nextPaymentAttemptAt
            ? [
                {
                  name: "Next attempt",
                  value: <DateText at={invoice.nextPaymentAttemptAt} timeZone={timeZone} />,
                },
              ]
            : []),
        ]}
      />
    </>
  );
}
