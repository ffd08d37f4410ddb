"use client";
import { useCallback, useState } from "react";
import type { BillingInterval, Quote } from "@/billing/subscriptions/model";
import { dateText } from "@/ui/date-text";
import { IntervalChoice } from "../../../../_components/interval-choice";
import { PromotionField } from "../../../../_components/promotion-field";
import { type SeatChoice, SeatsField } from "../../../../_components/seats-field";
import { useSettled } from "../../../../_components/use-settled";
import { QuoteDialog, type Setting } from "./quote-dialog";

/** What a change starts from; the address may bring it back after another card was added. */
export interface ChangeStart {
  interval: BillingInterval;
  seats: number | null;
  code: string | null;
}

export interface ChangeDialogProps {
  setting: Setting;
  title: string;
  plan: {
    key: string;
    name: string;
    /** Those it is sold in. */
    intervals: BillingInterval[];
    /** Null where it is not sold by the seat; in words for each interval. */
    seats: Record<BillingInterval, SeatChoice> | null;
  };
  currentPlanName: string;
  start: ChangeStart;
  /** What the tenant has of this plan already; null where it is another plan. */
  held: { interval: BillingInterval; seats: number | null } | null;
  onClose: () => void;
}

/** Another plan, interval or number of seats: each choice is quoted anew, and the button carries the amount. */
export function ChangeDialog({ setting, title, plan, currentPlanName, start, held, onClose }: ChangeDialogProps) {
  const [interval, setBillingInterval] = useState(start.interval);
  const [seats, setSeats] = useState(start.seats);
  const [code, setCode] = useState(start.code);
  const settledSeats = useSettled(seats);
  const applyCode = useCallback((next: string | null) => setCode(next), []);
  const returnPath = changePath(setting.tenant, plan.key, { interval, seats, code });
  const choice = plan.seats?.[interval] ?? null;
  const isHeld = held !== null && held.interval === interval && held.seats === seats && code === null;
  return (
    <QuoteDialog
      setting={setting}
      title={title}
      wish={{ verb: "change", planKey: plan.key, interval, seats: settledSeats, promotionCode: code, timing: "policy" }}
      nothingYet={isHeld ? "This is what you have. Choose something else to see what it costs." : null}
      settling={seats !== settledSeats}
      keepText={`Keep ${currentPlanName}`}
      failure="The plan was not changed"
      returnPath={returnPath}
      doneText={(quote) => doneText(quote, setting.timeZone)}
      controls={({ quote, failure, busy }) => (
        <>
          <IntervalChoice intervals={plan.intervals} value={interval} disabled={busy} onChange={setBillingInterval} />
          {choice ? (
            <SeatsField choice={choice} value={seats ?? choice.fewest} disabled={busy} onChange={setSeats} />
          ) : null}
          {code !== null || (quote?.isNow ?? true) ? (
            <PromotionField
              applied={code}
              words={quote?.promotion ?? null}
              failure={failure}
              busy={busy}
              onApply={applyCode}
            />
          ) : null}
        </>
      )}
      onClose={onClose}
    />
  );
}

/** The address that opens the plan page with this change at hand. */
export function changePath(tenant: string, planKey: string, { interval, seats, code }: ChangeStart): string {
  const search = new URLSearchParams({ interval, change: planKey });
  if (seats !== null) search.set("seats", String(seats));
  if (code !== null) search.set("code", code);
  return `/t/${tenant}/plan?${search}`;
}

function doneText(quote: Quote, timeZone: string): string {
  const { planName } = quote.to;
  if (!quote.isNow) {
    const what = quote.from.planKey === quote.to.planKey ? "The change" : `The change to ${planName}`;
    return `${what} is scheduled for ${dateText(quote.takesEffectAt, timeZone)}`;
  }
  if (quote.action === "add_seats" || quote.action === "remove_seats") return `You have ${quote.to.seats} seats now`;
  return `Your plan is now ${planName}`;
}
