"use client";
import { useEffect, useState } from "react";
import type { CurrentPlan, Quote } from "@/billing/subscriptions/model";
import { failureOf } from "@/trpc/client";
import { Button } from "@/ui/button";
import { moneyText } from "@/ui/money";
import { ErrorState, Skeleton } from "@/ui/states";
import { QuoteStatement } from "../../../../../_components/quote-statement";
import { QuoteDialog, type QuotedTenant, useWishQuote } from "./quote-dialog";
import { WishFields } from "./wish-fields";
import { ACTION_WORDS, type ActionKey, commitVerb, type PlanChoice, type WishForm, wishOf } from "./wishes";

/** How long somebody may pause in typing before a price is asked for. */
const TYPING_PAUSE_MS = 350;

interface WishDialogProps {
  tenant: QuotedTenant;
  action: ActionKey;
  current: CurrentPlan;
  choices: PlanChoice[];
  /** Chosen when the dialog opens. */
  plan?: string;
  onClose: () => void;
}

/** Any wish for a tenant: its particulars, a reason, and to the cent what it does; the button carries the amount. */
export function WishDialog({ tenant, action, current, choices, plan, onClose }: WishDialogProps) {
  const [form, setForm] = useState(() => initialForm(current, choices, plan));
  const { quote, shown, isComplete, isStale } = useQuote(tenant.slug, action, form, choices);
  const statement = shown ? (
    <div className={isStale ? "opacity-50" : ""}>
      <QuoteStatement quote={shown} timeZone={tenant.timeZone} />
    </div>
  ) : !isComplete ? (
    <p className="text-sm text-quiet">The amounts appear when the form is complete.</p>
  ) : quote.error && !isStale ? (
    <QuoteFailed error={quote.error} onRetry={() => void quote.refetch()} />
  ) : (
    <Skeleton lines={6} label="Computing what it comes to" />
  );
  return (
    <QuoteDialog
      {...{ tenant, statement, onClose }}
      title={`${ACTION_WORDS[action].title}: ${tenant.name}`}
      fields={
        <WishFields
          action={action}
          choices={choices}
          form={form}
          onChange={(part) => setForm((before) => withPart(before, part, choices))}
        />
      }
      keptWith="change"
      reasonHint="Stands in the audit log and in the tenant’s history."
      isComputing={isStale}
      quote={isStale ? undefined : shown}
      button={{
        text: commitText(action, shown, isComplete && isStale),
        look: action === "cancel" ? "danger" : "primary",
        disabled: !shown || isStale,
      }}
      done={quote.data ? commitVerb(action, quote.data) : ACTION_WORDS[action].title}
      again={() => void quote.refetch()}
    />
  );
}

/** The price of the form as it stands; `isStale` while the amounts on the page are those of an earlier form. */
function useQuote(tenant: string, action: ActionKey, form: WishForm, choices: PlanChoice[]) {
  const settled = useSettled(form, TYPING_PAUSE_MS);
  const wished = wishOf(action, settled, choices.find(({ value }) => value === settled.plan) ?? null);
  const isComplete = wished !== null;
  const quote = useWishQuote(tenant, wished);
  const isStale = quote.isFetching || settled !== form || quote.isPlaceholderData;
  return { quote, isComplete, isStale, shown: !isComplete || quote.error ? undefined : quote.data };
}

/** A refusal of the domain is an answer, not trouble; only trouble is worth another try. */
function QuoteFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const failure = failureOf(error);
  if (failure.code !== null && !failure.code.startsWith("stripe.")) {
    return (
      <p role="status" className="border-l-2 border-edge bg-sunken px-4 py-3 text-sm">
        {failure.code === "subscription.same_plan" ? `${failure.message} Choose what is to change.` : failure.message}
      </p>
    );
  }
  const retry = (
    <Button size="small" onClick={onRetry}>
      Try again
    </Button>
  );
  return <ErrorState title="The amounts could not be computed" {...failure} retry={retry} />;
}

function commitText(action: ActionKey, quote: Quote | undefined, isComputing: boolean): string {
  if (!quote) return isComputing ? "Computing…" : ACTION_WORDS[action].button;
  const verb = commitVerb(action, quote);
  if (quote.dueNowMinor > 0n) return `Charge ${moneyText(quote.dueNowMinor, quote.currency)} and ${verb}`;
  if (quote.refundMinor > 0n) return `Refund ${moneyText(quote.refundMinor, quote.currency)} and ${verb}`;
  return verb.charAt(0).toUpperCase() + verb.slice(1);
}

function initialForm(current: CurrentPlan, choices: PlanChoice[], wanted: string | undefined): WishForm {
  const own = choices.find(({ planVersionId }) => planVersionId === current.planVersionId);
  const ofPlan = choices.find(({ planKey }) => planKey === current.planKey);
  const first = choices.find(({ isFree }) => !isFree);
  const fallback = current.subscription === null ? first : (own ?? ofPlan ?? first);
  const plan = choices.find(({ value }) => value === wanted) ?? fallback;
  const seats = current.subscription?.seats ?? null;
  const form: WishForm = {
    ...{ plan: plan?.value ?? "", interval: current.interval ?? "month", promotionCode: "", trial: true },
    ...{ timing: "policy", when: "at_period_end", settlement: "refund" },
    seats: seats === null || plan?.seats === null ? "" : String(seats),
  };
  return withPart(form, {}, choices);
}

/** A form stays in itself possible: the interval is one the plan is sold by, and seats belong to plans that have them. */
function withPart(before: WishForm, part: Partial<WishForm>, choices: PlanChoice[]): WishForm {
  const form = { ...before, ...part };
  const choice = choices.find(({ value }) => value === form.plan);
  if (!choice) return form;
  if (choice.seats === null) form.seats = "";
  if (choice.monthly === null && choice.annual !== null) form.interval = "year";
  if (choice.annual === null && choice.monthly !== null) form.interval = "month";
  return form;
}

/** The value, once it has not changed for a moment. */
function useSettled<Value>(value: Value, pauseMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value, pauseMs]);
  return settled;
}
