/**
 * Previews of what schedules bill: the phases that begin before the next invoice, and schedules that do not exist yet.
 *
 * Owns: walking a rehearsal through the phases of a schedule. Refuses: storing anything; every step is an overlay.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { advanceScheduleInTime } from "./enter-phase";
import { nothingUpcoming, type PreviewShape, shown } from "./preview-shape";
import { nowOf } from "./records";
import { rehearse } from "./rehearsal";
import type { UpdateScheduleParameters } from "./schedule-params";
import { isOpen } from "./schedule-state";
import { createSchedule, updateSchedule } from "./schedules";

type Schedule = Stripe.SubscriptionSchedule;

/** `schedule_details` of a preview. */
export type ScheduleDetails = Pick<UpdateScheduleParameters, "phases" | "end_behavior" | "proration_behavior"> & {
  billing_mode?: Parameters<typeof createSchedule>[1]["billing_mode"];
};

/** A rehearsal that has entered all phases up to a moment, and the first invoice one of them issued. */
export interface PhasesWalked {
  stage: Transaction;
  invoice: string | null;
}

/** Enters the phases of a subscription's schedule that begin up to a moment, until one of them makes an invoice. */
export function walkPhases(stage: Transaction, subscriptionId: string, until: number): PhasesWalked {
  let current = stage;
  for (;;) {
    const before = current.get("subscription", subscriptionId);
    const schedule = current.find("subscription_schedule", idOf(before.schedule) ?? "");
    const next = schedule?.current_phase?.end_date;
    if (!schedule || next === undefined || !isOpen(schedule) || next > until) return { stage: current, invoice: null };
    current = rehearse(current, Math.max(next, nowOf(current, before)));
    advanceScheduleInTime(current, schedule.id);
    const issued = idOf(current.get("subscription", subscriptionId).latest_invoice);
    if (issued !== null && issued !== idOf(before.latest_invoice)) return { stage: current, invoice: issued };
  }
}

/** The rehearsed schedule of a preview, and what it has issued at once. */
export interface ScheduleRehearsed {
  schedule: Schedule;
  /** The invoice of its first phase, or of the change; null when the next one comes in time. */
  preview: Stripe.Invoice | null;
  stage: Transaction;
}

/** Rehearses a schedule as it is to become: changed, or made for a customer. */
export function rehearseSchedule(
  stage: Transaction,
  given: { schedule?: string | undefined; customer?: string | undefined; details?: ScheduleDetails | undefined },
  shape: PreviewShape,
): ScheduleRehearsed {
  const details = given.details ?? {};
  const before = given.schedule === undefined ? null : stage.get("subscription_schedule", given.schedule, "schedule");
  if (before && !isOpen(before)) throw nothingUpcoming();
  const issuedBefore = latestOf(stage, before);
  let schedule = before ?? made(stage, given.customer, details);
  if (before && Object.values(details).some((value) => value !== undefined)) {
    const { billing_mode: _mode, ...changes } = details;
    schedule = updateSchedule(stage, before.id, changes);
  }
  let current = stage;
  if (schedule.status === "not_started") {
    current = rehearse(stage, schedule.phases[0]?.start_date ?? nowOf(stage, schedule));
    advanceScheduleInTime(current, schedule.id);
    schedule = current.get("subscription_schedule", schedule.id);
  }
  const issued = latestOf(current, schedule);
  const isNew = issued !== null && issued !== issuedBefore;
  const preview = isNew ? shown(current, issued, nowOf(current, schedule), shape) : null;
  return { schedule, preview, stage: current };
}

function made(stage: Transaction, customer: string | undefined, details: ScheduleDetails): Schedule {
  if (customer === undefined) {
    throw invalidRequest("You must pass a customer or a schedule.", { code: "parameter_missing", param: "customer" });
  }
  const { proration_behavior: _behavior, ...terms } = details;
  return createSchedule(stage, { ...terms, customer, start_date: details.phases?.[0]?.start_date ?? "now" });
}

function latestOf(stage: Transaction, schedule: Schedule | null): string | null {
  const subscription = stage.find("subscription", idOf(schedule?.subscription) ?? "");
  return idOf(subscription?.latest_invoice);
}
