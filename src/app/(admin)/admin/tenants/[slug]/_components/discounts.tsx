"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useState } from "react";
import type { CurrentPlan, SubscriptionDiscount, SubscriptionWish } from "@/billing/subscriptions/model";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { dateText } from "@/ui/date-text";
import { Dialog } from "@/ui/dialog";
import { Field, SelectField } from "@/ui/field";
import { moneyText } from "@/ui/money";
import { ErrorState, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";
import { QuoteStatement } from "../../../../../_components/quote-statement";
import { type DiscountForm, DURATIONS, EMPTY_DISCOUNT, givingWish, takingWish } from "./discount-wish";

interface TenantShown {
  slug: string;
  name: string;
  timeZone: string;
}

/** The discounts a subscription has: another one can be given without a code, and each can be taken off. */
export function Discounts({ tenant, current }: { tenant: TenantShown; current: CurrentPlan }) {
  const [open, setOpen] = useState<SubscriptionDiscount | "give" | null>(null);
  if (current.subscription === null) return null;
  const { discounts } = current.subscription;
  const close = () => setOpen(null);
  return (
    <section aria-label="Discounts" className="grid gap-3 border-t border-rule pt-4 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="font-medium">Discounts</h3>
        <Button size="small" onClick={() => setOpen("give")}>
          Give a discount
        </Button>
      </div>
      {discounts.length === 0 ? <p className="text-quiet">None.</p> : null}
      <ul className="grid gap-2">
        {discounts.map((discount) => (
          <li key={discount.stripeDiscountId} className="flex flex-wrap items-center justify-between gap-3">
            <span>{discountText(discount, current.currency, tenant.timeZone)}</span>
            <Button
              size="small"
              look="quiet"
              aria-label={`Take off: ${discount.name}`}
              onClick={() => setOpen(discount)}
            >
              Take off
            </Button>
          </li>
        ))}
      </ul>
      {open === "give" ? <GiveDialog tenant={tenant} currency={current.currency} onClose={close} /> : null}
      {open !== null && open !== "give" ? (
        <DiscountDialog
          tenant={tenant}
          title={`Take off: ${open.name}`}
          button="Take the discount off"
          wish={takingWish(open.stripeDiscountId)}
          onClose={close}
        />
      ) : null}
    </section>
  );
}

function discountText(discount: SubscriptionDiscount, currency: string, timeZone: string): string {
  const { name, percentOff, amountOffMinor, duration, endsAt } = discount;
  const off = percentOff === null ? moneyText(BigInt(amountOffMinor ?? "0"), currency) : `${percentOff}%`;
  const length =
    duration === "once" ? " once" : endsAt === null ? "" : ` until ${dateText(new Date(endsAt), timeZone)}`;
  return `${name}: ${off} off${length}`;
}

/** The price is asked for by the button, not while somebody types: at Stripe a coupon stands for what is asked about. */
function GiveDialog({ tenant, currency, onClose }: { tenant: TenantShown; currency: string; onClose: () => void }) {
  const [form, setForm] = useState(EMPTY_DISCOUNT);
  const [asked, setAsked] = useState<DiscountForm | null>(null);
  const [isIncomplete, setIsIncomplete] = useState(false);
  return (
    <DiscountDialog
      tenant={tenant}
      title={`Give a discount: ${tenant.name}`}
      button="Give the discount"
      wish={asked === form ? givingWish(form) : null}
      onAsk={() => {
        setIsIncomplete(givingWish(form) === null);
        setAsked(form);
      }}
      onClose={onClose}
    >
      <GiveFields form={form} currency={currency} onChange={(part) => setForm((before) => ({ ...before, ...part }))} />
      {isIncomplete && givingWish(form) === null ? (
        <p role="alert" className="text-sm text-loss">
          Say a name, and what is taken off as a number such as 20 or 12.5; months are 1 to 60.
        </p>
      ) : null}
    </DiscountDialog>
  );
}

function GiveFields({
  form,
  currency,
  onChange,
}: {
  form: DiscountForm;
  currency: string;
  onChange: (part: Partial<DiscountForm>) => void;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label="Name on invoices"
        className="sm:col-span-2"
        value={form.name}
        maxLength={40}
        required
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <SelectField
        label="Takes off"
        value={form.kind}
        onChange={(event) => onChange({ kind: event.target.value === "amount" ? "amount" : "percent" })}
      >
        <option value="percent">A percentage</option>
        <option value="amount">An amount in {currency.toUpperCase()}</option>
      </SelectField>
      <Field
        label={form.kind === "percent" ? "Percent" : `Amount in ${currency.toUpperCase()}`}
        value={form.value}
        inputMode="decimal"
        required
        onChange={(event) => onChange({ value: event.target.value })}
      />
      <SelectField
        label="For"
        value={form.duration}
        onChange={(event) => {
          const chosen = DURATIONS.find(({ value }) => value === event.target.value);
          if (chosen) onChange({ duration: chosen.value });
        }}
      >
        {DURATIONS.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </SelectField>
      {form.duration === "repeating" ? (
        <Field
          label="Months"
          value={form.months}
          inputMode="numeric"
          required
          onChange={(event) => onChange({ months: event.target.value })}
        />
      ) : null}
    </div>
  );
}

interface DialogProps {
  tenant: TenantShown;
  title: string;
  button: string;
  /** Null while nothing was asked about. */
  wish: SubscriptionWish | null;
  /** Asks about what is typed; left out where the wish is clear from the start. */
  onAsk?: () => void;
  children?: ReactNode;
  onClose: () => void;
}

/** A wish about discounts with its reason; it is carried out as the quote on the page says, or not at all. */
function DiscountDialog({ tenant, title, button, wish, onAsk, children, onClose }: DialogProps) {
  const [reason, setReason] = useState("");
  const [asksReason, setAsksReason] = useState(false);
  const quote = useDiscountQuote(tenant.slug, wish);
  // The plan stays, so what it allows is no news.
  const shown = wish === null || quote.error || quote.isFetching ? undefined : quote.data;
  const commit = useCommit(button, { again: () => void quote.refetch(), onDone: onClose });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (wish === null) return onAsk?.();
    const given = reason.trim();
    setAsksReason(given === "");
    if (given === "" || !shown || commit.isPending) return;
    commit.mutate({ tenant: tenant.slug, quoteId: shown.id, requestId: `console:${shown.id}`, reason: given });
  }

  return (
    <Dialog open onClose={onClose} locked={commit.isPending} title={title}>
      <form onSubmit={submit} noValidate className="grid gap-6">
        {children}
        <Field
          label="Reason"
          hint="Stands in the audit log."
          value={reason}
          maxLength={500}
          required
          error={asksReason && reason.trim() === "" ? "Say why: it is kept with the discount." : null}
          onChange={(event) => setReason(event.target.value)}
        />
        <div aria-live="polite" aria-busy={quote.isFetching} className="border-t border-rule pt-4">
          {shown ? (
            <QuoteStatement quote={{ ...shown, exceeded: [] }} timeZone={tenant.timeZone} withTerms={false} />
          ) : wish === null ? (
            <p className="text-sm text-quiet">The next invoice is shown before anything is given.</p>
          ) : quote.error && !quote.isFetching ? (
            <ErrorState title="The next invoice could not be computed" {...failureOf(quote.error)} />
          ) : (
            <Skeleton lines={4} label="Computing the next invoice" />
          )}
        </div>
        {commit.error ? <ErrorState title="Nothing was changed" {...failureOf(commit.error)} /> : null}
        <div className="flex flex-wrap justify-end gap-3">
          <Button onClick={onClose} disabled={commit.isPending} className="max-sm:w-full">
            Close
          </Button>
          <Button
            type="submit"
            look="primary"
            className="max-sm:w-full"
            busy={commit.isPending}
            disabled={wish !== null && !shown}
          >
            {commit.isPending ? "Working…" : wish === null ? "Show the next invoice" : button}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function useDiscountQuote(tenant: string, wish: SubscriptionWish | null) {
  return trpc.operator.quote.useQuery(
    { tenant, wish: wish ?? { verb: "resume" } },
    {
      ...{ enabled: wish !== null, staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false },
      refetchOnWindowFocus: false,
    },
  );
}

function useCommit(button: string, after: { again: () => void; onDone: () => void }) {
  const router = useRouter();
  return trpc.operator.commit.useMutation({
    onSuccess: () => {
      toast(`Done: ${button.toLowerCase()}`);
      router.refresh();
      after.onDone();
    },
    // A quote that was refused is spent or untrue; one whose answer was lost may be asked for again.
    onError: (error) => {
      if (failureOf(error).code !== null) after.again();
    },
  });
}
