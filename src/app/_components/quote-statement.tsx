import type { ReactNode } from "react";
import { shownTaxes, taxLabel, taxNotes } from "@/billing/kernel/tax";
import type { ExceededLimit, Quote, QuoteSide, QuoteUsage } from "@/billing/subscriptions/model";
import { DateText, PeriodText } from "@/ui/date-text";
import { Money, quantityText } from "@/ui/money";
import { lineText } from "./line-words";

/**
 * A quote as a statement: what changes and when, every line of money, what is due, what comes next, what is gained and
 * lost. Says nothing that the quote does not; tenants and operators read the same.
 */
export function QuoteStatement({
  quote,
  timeZone,
  withTerms = true,
}: {
  quote: Quote;
  timeZone: string;
  /** False where the page itself says what the plan includes. */
  withTerms?: boolean;
}) {
  return (
    <div className="grid gap-5 text-sm">
      <Effect quote={quote} timeZone={timeZone} />
      <Exceeded limits={quote.exceeded} isSamePlan={quote.from.planKey === quote.to.planKey} />
      <Sums quote={quote} timeZone={timeZone} />
      {taxNotes(quote.tax.parts ?? []).map((note) => (
        <p key={note} className="text-xs">
          {note}
        </p>
      ))}
      {quote.isNow && quote.usageInvoiceMinor === null ? (
        <UsageOfMonth usage={quote.usage} currency={quote.currency} />
      ) : null}
      {withTerms ? <Differences quote={quote} /> : null}
      <p className="text-xs text-quiet">
        Computed for <DateText at={quote.prorationAt} timeZone={timeZone} style="dateTime" />
        {quote.action === "pause" ? (
          "; the credit is counted to the second at which you pause."
        ) : (
          <>
            {" "}
            and kept to the cent until <DateText at={quote.expiresAt} timeZone={timeZone} style="time" />.
          </>
        )}
      </p>
    </div>
  );
}

/** One side of a quote in words: "Team by the month, 8 seats". */
export function sideText(side: QuoteSide): string {
  const interval = side.interval === null ? "" : ` by the ${side.interval}`;
  const seats = side.seats === null ? "" : `, ${side.seats} ${side.seats === 1 ? "seat" : "seats"}`;
  return `${side.planName}${interval}${seats}`;
}

function Effect({ quote, timeZone }: { quote: Quote; timeZone: string }) {
  const from = sideText(quote.from);
  const to = sideText(quote.to);
  return (
    <p>
      {from === to ? (
        <strong className="font-medium">{to}</strong>
      ) : (
        <>
          {from} <span aria-hidden="true">→</span>
          <span className="sr-only">to</span> <strong className="font-medium">{to}</strong>
        </>
      )}
      <span className="text-quiet">
        {quote.isNow ? (
          ", now"
        ) : (
          <>
            , on <DateText at={quote.takesEffectAt} timeZone={timeZone} />
          </>
        )}
        {quote.promotion === null ? "." : `. ${quote.promotion}.`}
      </span>
    </p>
  );
}

function Sums({ quote, timeZone }: { quote: Quote; timeZone: string }) {
  const { currency, tax } = quote;
  const hasInvoice = quote.lines.length > 0;
  return (
    <dl>
      {quote.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a statement's lines keep their order
        <Row key={index} name={lineText(line.description)} amountMinor={line.amountMinor} currency={currency}>
          <span className="block text-xs text-quiet">
            <PeriodText startAt={line.periodStartAt} endAt={line.periodEndAt} timeZone={timeZone} />
          </span>
        </Row>
      ))}
      {quote.discountMinor > 0n ? (
        <Row quiet name="Discount" amountMinor={-quote.discountMinor} currency={currency} />
      ) : null}
      {hasInvoice ? (
        <>
          {quote.lines.length > 1 || quote.discountMinor > 0n ? (
            <Row quiet name="Before tax" amountMinor={quote.subtotalMinor - quote.discountMinor} currency={currency} />
          ) : null}
          {taxRows(tax).map((row) => (
            <Row key={row.name} quiet {...row} currency={currency} />
          ))}
        </>
      ) : null}
      {quote.balanceAppliedMinor > 0n ? (
        <Row quiet name="Paid from credit" amountMinor={-quote.balanceAppliedMinor} currency={currency} />
      ) : null}
      {quote.balanceAppliedMinor < 0n ? (
        <Row quiet name="Left over from earlier" amountMinor={-quote.balanceAppliedMinor} currency={currency} />
      ) : null}
      {quote.carriedMinor > 0n ? (
        <Row
          quiet
          name="Too small to charge: moves to the next invoice"
          amountMinor={-quote.carriedMinor}
          currency={currency}
        />
      ) : null}
      <div className="flex items-baseline justify-between gap-6 border-t border-ink/70 py-2 font-semibold">
        <dt>Due today</dt>
        <dd>
          <Money amountMinor={quote.dueNowMinor} currency={currency} className="font-serif text-2xl font-medium" />
        </dd>
      </div>
      {quote.usageInvoiceMinor ? (
        <Row
          name="Usage until now, on an invoice of its own today"
          amountMinor={quote.usageInvoiceMinor}
          currency={currency}
        />
      ) : null}
      {quote.refundMinor > 0n ? (
        <Row name="Refunded to the cards that paid" amountMinor={quote.refundMinor} currency={currency} />
      ) : null}
      {quote.creditMinor > 0n ? (
        <Row name="Credit for later invoices" amountMinor={quote.creditMinor} currency={currency} />
      ) : null}
      <NextInvoice quote={quote} timeZone={timeZone} />
    </dl>
  );
}

/** Each tax by its rate; one row where there is none, or where the quote is older than that. */
function taxRows({ displayName, percentage, amountMinor, parts = [] }: Quote["tax"]) {
  const rows = shownTaxes(parts).map((part) => ({ name: taxLabel(part), amountMinor: part.amountMinor }));
  if (rows.length > 0) return rows;
  return [{ name: percentage === null ? displayName : `${displayName}, ${percentage}%`, amountMinor }];
}

function NextInvoice({ quote, timeZone }: { quote: Quote; timeZone: string }) {
  if (quote.nextInvoice === null) {
    return (
      <div className="py-1.5 text-quiet">
        <dt className="sr-only">Next invoice</dt>
        <dd>
          {quote.isNow
            ? "No invoice follows."
            : "No renewal follows. Usage beyond what is included is invoiced at the end."}
        </dd>
      </div>
    );
  }
  const { at, totalMinor } = quote.nextInvoice;
  return (
    <div className="flex justify-between gap-6 py-1.5">
      <dt>
        Next invoice, <DateText at={at} timeZone={timeZone} />
        <span className="block text-xs text-quiet">with tax; usage over the included quantities is added</span>
      </dt>
      <dd>
        <Money amountMinor={totalMinor} currency={quote.currency} />
      </dd>
    </div>
  );
}

function Row({
  name,
  amountMinor,
  currency,
  quiet = false,
  children,
}: {
  name: string;
  amountMinor: bigint;
  currency: string;
  quiet?: boolean;
  children?: ReactNode;
}) {
  return (
    <div className={`flex justify-between gap-6 py-1.5 ${quiet ? "text-quiet" : ""}`}>
      <dt className="min-w-0">
        {name}
        {children}
      </dt>
      <dd>
        <Money amountMinor={amountMinor} currency={currency} />
      </dd>
    </div>
  );
}

/** What the running month's usage costs before and after; only where that differs, and where the month goes on. */
function UsageOfMonth({ usage, currency }: { usage: QuoteUsage[]; currency: string }) {
  const differing = usage.filter((meter) => meter.overageBeforeMinor !== meter.overageAfterMinor);
  if (differing.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 font-medium">Usage of this month</h3>
      <ul className="grid gap-1">
        {differing.map((meter) => (
          <li key={meter.meterKey} className="flex flex-wrap justify-between gap-x-6">
            <span>
              {meter.displayName}: {quantityText(meter.used)} used
            </span>
            <span className="text-quiet">
              <Money amountMinor={meter.overageBeforeMinor} currency={currency} /> becomes{" "}
              <Money amountMinor={meter.overageAfterMinor} currency={currency} className="text-ink" />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Exceeded({ limits, isSamePlan }: { limits: ExceededLimit[]; isSamePlan: boolean }) {
  if (limits.length === 0) return null;
  return (
    <div className="border-l-2 border-risk-fill bg-risk-wash px-4 py-3">
      <h3 className="font-medium">
        {isSamePlan ? "Over what your plan includes" : "Over what the plan that comes includes"}
      </h3>
      <ul className="mt-1 grid gap-1">
        {limits.map((limit) => (
          <li key={limit.what}>
            {limit.what}: {quantityText(limit.used)} of {quantityText(limit.allowed)}
            {limit.unit ? ` ${limit.unit}` : ""}; {limit.refuses ? "more is refused" : "what is over is charged"}.
          </li>
        ))}
      </ul>
    </div>
  );
}

function Differences({ quote: { gained, lost } }: { quote: Quote }) {
  if (gained.length + lost.length === 0) return null;
  return (
    <div className={`grid gap-x-6 gap-y-3 ${gained.length > 0 && lost.length > 0 ? "sm:grid-cols-2" : ""}`}>
      <DifferenceList title="Gained" mark="+" texts={gained} />
      <DifferenceList title="Lost" mark="−" texts={lost} />
    </div>
  );
}

function DifferenceList({ title, mark, texts }: { title: string; mark: string; texts: string[] }) {
  if (texts.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 font-medium">{title}</h3>
      <ul className="grid gap-0.5 text-quiet">
        {texts.map((text) => (
          <li key={text} className="flex gap-2">
            <span aria-hidden="true">{mark}</span>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
