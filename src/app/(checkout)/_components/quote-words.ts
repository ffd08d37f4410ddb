/** The words of a quote on buttons, in titles, and for what has moved since somebody looked. Pure. */
import type { Quote } from "@/billing/subscriptions/model";
import { dateText } from "@/ui/date-text";
import { moneyText } from "@/ui/money";
import { cardName } from "../../_components/card-text";

const DAY_MS = 86_400_000;

/** What the button says: the verb, with the amount or the day it is about. */
export function confirmText(quote: Quote, timeZone: string): string {
  const on = dateText(quote.takesEffectAt, timeZone);
  if (!quote.isNow) return waitingText(quote, on);
  switch (quote.action) {
    case "start":
      return paying(quote, "subscribe");
    case "start_trial":
      return `Start ${trialDays(quote)}-day trial`;
    case "upgrade":
    case "downgrade":
      return paying(quote, quote.action);
    case "change_interval":
      return paying(quote, `pay by the ${quote.to.interval ?? "month"}`);
    case "add_seats":
      return paying(quote, `add ${seatsText(quote)}`);
    case "remove_seats":
      return paying(quote, `give back ${seatsText(quote)}`);
    case "apply_code":
      return "Apply code";
    case "change_version":
      return paying(quote, "change terms");
    case "give_discount":
      return "Give discount";
    case "take_discount":
      return "Take discount off";
    case "cancel":
      return endingText(quote);
    case "resume":
      return `Resume ${quote.to.planName}`;
    case "cancel_scheduled":
      return `Keep ${quote.from.planName}`;
    case "end_trial":
      return paying(quote, "start now");
    case "pause":
      return "Pause now";
    case "unpause":
      return paying(quote, "resume");
  }
}

/** How long the trial of a quote is, in days. */
export function trialDays(quote: Pick<Quote, "nextInvoice" | "prorationAt">): number {
  if (quote.nextInvoice === null) return 0;
  return Math.round((quote.nextInvoice.at.getTime() - quote.prorationAt.getTime()) / DAY_MS);
}

function waitingText(quote: Quote, on: string): string {
  switch (quote.action) {
    case "upgrade":
    case "downgrade":
      return `Schedule ${quote.action} for ${on}`;
    case "change_interval":
      return `Pay by the ${quote.to.interval ?? "month"} from ${on}`;
    case "add_seats":
      return `Add ${seatsText(quote)} on ${on}`;
    case "remove_seats":
      return `Give back ${seatsText(quote)} on ${on}`;
    case "cancel":
      return `Cancel on ${on}`;
    default:
      return `Schedule for ${on}`;
  }
}

function endingText(quote: Quote): string {
  if (quote.refundMinor > 0n) return `Cancel now and refund ${moneyText(quote.refundMinor, quote.currency)}`;
  if (quote.creditMinor > 0n) return `Cancel now and keep ${moneyText(quote.creditMinor, quote.currency)} as credit`;
  if (quote.dueNowMinor > 0n) return `Pay ${moneyText(quote.dueNowMinor, quote.currency)} and cancel now`;
  return "Cancel now";
}

function paying(quote: Quote, verb: string): string {
  if (quote.dueNowMinor > 0n) return `Pay ${moneyText(quote.dueNowMinor, quote.currency)} and ${verb}`;
  return `Confirm and ${verb}`;
}

function seatsText({ from, to }: Quote): string {
  const count = Math.abs((to.seats ?? 0) - (from.seats ?? 0));
  return count === 1 ? "1 seat" : `${count} seats`;
}

/** One amount or day that is not what it was. */
export interface QuoteMove {
  what: string;
  before: string;
  after: string;
}

/** What has moved between two quotes of the same wish; empty when a person reads the same in both. */
export function movedBetween(before: Quote, after: Quote, timeZone: string): QuoteMove[] {
  const amount = (what: string, pick: (quote: Quote) => bigint): QuoteMove => ({
    what,
    before: moneyText(pick(before), before.currency),
    after: moneyText(pick(after), after.currency),
  });
  const next = ({ nextInvoice, currency }: Quote) =>
    nextInvoice === null
      ? "none"
      : `${moneyText(nextInvoice.totalMinor, currency)} on ${dateText(nextInvoice.at, timeZone)}`;
  const payer = ({ chargedTo }: Quote) => (chargedTo === null ? "no card yet" : cardName(chargedTo));
  const effect = (quote: Quote) => (quote.isNow ? "now" : dateText(quote.takesEffectAt, timeZone));
  const moves: QuoteMove[] = [
    amount("Due today", (quote) => quote.dueNowMinor),
    { what: "Charged to", before: payer(before), after: payer(after) },
    amount("Refund", (quote) => quote.refundMinor),
    amount("Credit", (quote) => quote.creditMinor),
    { what: "Next invoice", before: next(before), after: next(after) },
    { what: "Takes effect", before: effect(before), after: effect(after) },
  ];
  return moves.filter((move) => move.before !== move.after);
}
