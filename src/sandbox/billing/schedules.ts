/**
 * What a caller does to subscription schedules: creating, changing, canceling, releasing them.
 *
 *   not_started ──► active ──► completed (end_behavior cancel) or released (end_behavior release)
 *        └──────────────┴──► canceled, released, on request
 */
import type Stripe from "stripe";
import { invalidRequest, notSupported } from "../http/errors";
import { applyMetadata } from "../http/params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { requireLocation } from "../tax/customer-location";
import { phaseCalculatesTax, subscriptionTax } from "./automatic-tax";
import { shownMode } from "./billing-mode";
import { cancelSubscription } from "./cancel-subscription";
import { adopt, advanceSchedule, enterPhase, startSchedule } from "./enter-phase";
import { billingTerms, checkBilling, settingsOver } from "./phase-terms";
import { customerOf, nowOf } from "./records";
import type { CreateScheduleParameters, UpdateScheduleParameters } from "./schedule-params";
import { adoptedPhase, phaseAt, readPhases } from "./schedule-phases";
import { closeSchedule, isOpen, planSchedule, reviseSchedule } from "./schedule-state";
import { ownedPaymentMethod } from "./terms";

type Schedule = Stripe.SubscriptionSchedule;

/** Creates a schedule for a customer, or around a subscription that runs already. */
export function createSchedule(tx: Transaction, params: CreateScheduleParameters): Schedule {
  refuseUnknownEnd(params.end_behavior);
  if (params.from_subscription !== undefined) return adoptSubscription(tx, params, params.from_subscription);
  if (params.customer === undefined) throw missing("customer");
  if (params.phases === undefined || params.phases.length === 0) throw missing("phases");
  const customer = tx.get("customer", params.customer, "customer");
  const now = nowOf(tx, customer);
  const start = params.start_date === "now" ? now : (params.start_date ?? missingNow());
  if (start < now) throw notSupported("Backdating a schedule", "start_date");
  const phases = readPhases(tx, params.phases, { customer: customer.id, start, now });
  requireLocations(tx, customer, params);
  const schedule = tx.put("subscription_schedule", {
    ...blankSchedule(tx, params, customer),
    created: now,
    phases,
  });
  checkBilling(schedule);
  tx.emit("subscription_schedule.created", schedule);
  planSchedule(tx, schedule);
  const first = phaseAt(phases, now);
  return first ? startSchedule(tx, schedule, first) : schedule;
}

/** Changes phases, end behaviour or settings of a schedule that is not over. */
export function updateSchedule(tx: Transaction, id: string, params: UpdateScheduleParameters): Schedule {
  refuseUnknownEnd(params.end_behavior);
  const before = openSchedule(tx, id, "update");
  requireLocations(tx, customerOf(tx, before), params);
  const now = nowOf(tx, before);
  const phases = params.phases === undefined ? before.phases : changedPhases(tx, before, params, now);
  const current = before.status === "active" ? phaseAt(phases, now) : undefined;
  if (before.status === "active" && !current) {
    throw invalidRequest("The phases of an active schedule must include the current time.", { param: "phases" });
  }
  const after = reviseSchedule(tx, before, {
    ...settings(tx, before, params),
    current_phase: current ? { start_date: current.start_date, end_date: current.end_date } : null,
    end_behavior: params.end_behavior ?? before.end_behavior,
    metadata: applyMetadata(before.metadata ?? {}, params.metadata),
    phases,
  });
  checkBilling(after);
  planSchedule(tx, after);
  const old = phaseAt(before.phases, now);
  const changes = [params.phases, params.end_behavior, params.default_settings].some((value) => value !== undefined);
  if (current && changes && JSON.stringify(termsOf(before, old)) !== JSON.stringify(termsOf(after, current))) {
    enterPhase(tx, after, current, params.proration_behavior ?? "create_prorations");
  }
  if (before.status === "not_started") advanceSchedule(tx, id);
  return tx.get("subscription_schedule", id);
}

/** Cancels a schedule and its subscription at once. */
export function cancelSchedule(
  tx: Transaction,
  id: string,
  params: { invoice_now?: boolean | undefined; prorate?: boolean | undefined },
): Schedule {
  const before = openSchedule(tx, id, "cancel");
  const closed = closeSchedule(tx, before, "canceled");
  const subscription = idOf(before.subscription);
  if (subscription !== null) {
    const { invoice_now = true, prorate = true } = params;
    cancelSubscription(tx, subscription, { invoice_now, prorate });
  }
  return closed;
}

/** Lets the subscription go on without its schedule. */
export function releaseSchedule(
  tx: Transaction,
  id: string,
  params: { preserve_cancel_date?: boolean | undefined },
): Schedule {
  const before = openSchedule(tx, id, "release");
  return closeSchedule(tx, before, "released", { preserveCancelDate: params.preserve_cancel_date === true });
}

function adoptSubscription(tx: Transaction, params: CreateScheduleParameters, id: string): Schedule {
  const others = Object.entries(params).filter(([name, value]) => value !== undefined && name !== "from_subscription");
  const other = others.find(([name]) => name !== "metadata" && name !== "billing_mode")?.[0];
  if (other !== undefined) {
    throw invalidRequest(`You cannot set \`${other}\` if \`from_subscription\` is set.`, { param: other });
  }
  const subscription = tx.get("subscription", id, "from_subscription");
  if (subscription.schedule !== null) {
    throw invalidRequest(`You cannot migrate a subscription that is already attached to a schedule.`, {
      param: "from_subscription",
    });
  }
  if (!["active", "trialing", "past_due"].includes(subscription.status)) {
    throw invalidRequest(`You cannot migrate a subscription that is \`${subscription.status}\` to a schedule.`, {
      param: "from_subscription",
    });
  }
  const customer = tx.get("customer", idOf(subscription.customer) ?? "");
  const phase = adoptedPhase(subscription);
  const blank = blankSchedule(tx, params, customer);
  const schedule = tx.put("subscription_schedule", {
    ...blank,
    created: nowOf(tx, customer),
    default_settings: adoptedSettings(subscription, blank.default_settings),
    current_phase: { start_date: phase.start_date, end_date: phase.end_date },
    phases: [phase],
    status: "active",
    subscription: subscription.id,
  });
  tx.emit("subscription_schedule.created", schedule);
  adopt(tx, subscription, schedule.id);
  planSchedule(tx, schedule);
  return schedule;
}

/** Phases that are over stay, whether they are named again or not. */
function changedPhases(
  tx: Transaction,
  before: Schedule,
  params: UpdateScheduleParameters,
  now: number,
): Schedule["phases"] {
  const given = params.phases ?? [];
  const first = given[0];
  if (first === undefined) throw missing("phases");
  if (before.status === "active" && first.start_date === undefined) throw missing("phases[0][start_date]");
  const start = before.phases[0]?.start_date ?? now;
  const fresh = readPhases(tx, given, { customer: idOf(before.customer) ?? "", start, now });
  const begins = fresh[0]?.start_date ?? now;
  if (before.status === "not_started") {
    if (begins < now) throw notSupported("Backdating a schedule", "phases[0][start_date]");
    return fresh;
  }
  const past = before.phases.filter((phase) => phase.end_date <= begins);
  const joins = past.at(-1)?.end_date ?? before.phases[0]?.start_date;
  if (begins !== joins && begins !== now) {
    throw invalidRequest("The first phase must start where a phase of the schedule starts.", {
      param: "phases[0][start_date]",
    });
  }
  return [...past, ...fresh];
}

/** What of a phase shows on its subscription while it runs. */
function termsOf(schedule: Schedule, phase: Schedule["phases"][number] | undefined) {
  if (!phase) return null;
  const {
    start_date: _start,
    end_date: end,
    proration_behavior: _behavior,
    add_invoice_items: _added,
    ...terms
  } = phase;
  const isLast = schedule.phases.at(-1)?.end_date === end;
  return {
    ...terms,
    automatic_tax: phaseCalculatesTax(schedule, phase),
    billing: billingTerms(schedule, phase),
    endsAt: schedule.end_behavior === "cancel" && isLast ? end : null,
  };
}

function openSchedule(tx: Transaction, id: string, verb: string): Schedule {
  const schedule = tx.get("subscription_schedule", id);
  if (isOpen(schedule)) return schedule;
  throw invalidRequest(
    `You cannot ${verb} a subscription schedule that is currently in the \`${schedule.status}\` status.`,
  );
}

function settings(
  tx: Transaction,
  before: Schedule,
  params: Pick<UpdateScheduleParameters, "default_settings">,
): Pick<Schedule, "default_settings"> {
  const given = params.default_settings;
  if (given === undefined) return { default_settings: before.default_settings };
  const method = given.default_payment_method;
  const owner = idOf(before.customer) ?? "";
  return {
    default_settings: {
      ...before.default_settings,
      ...(given.automatic_tax === undefined ? {} : { automatic_tax: subscriptionTax(given.automatic_tax) }),
      ...(given.billing_cycle_anchor === undefined ? {} : { billing_cycle_anchor: given.billing_cycle_anchor }),
      ...(given.collection_method === undefined ? {} : { collection_method: given.collection_method }),
      invoice_settings: settingsOver(before.default_settings.invoice_settings, given.invoice_settings),
      ...(given.description === undefined ? {} : { description: given.description }),
      ...(method === undefined
        ? {}
        : {
            default_payment_method: ownedPaymentMethod(tx, method, owner, "default_settings[default_payment_method]"),
          }),
    },
  };
}

/** Throws unless the customer's location is recognised, when any part of a schedule asks for automatic tax. */
function requireLocations(
  tx: Transaction,
  customer: Stripe.Customer,
  params: Pick<UpdateScheduleParameters, "default_settings" | "phases">,
): void {
  const asked = [params.default_settings?.automatic_tax, ...(params.phases ?? []).map((phase) => phase.automatic_tax)];
  if (asked.some((tax) => tax?.enabled === true)) requireLocation(tx, customer, "automatic_tax");
}

/** The settings of a subscription, as those of the schedule that adopts it. */
function adoptedSettings(
  subscription: Stripe.Subscription,
  blank: Schedule["default_settings"],
): Schedule["default_settings"] {
  const { account_tax_ids, custom_fields, description, footer } = subscription.invoice_settings;
  return {
    ...blank,
    automatic_tax: subscription.automatic_tax,
    collection_method: subscription.collection_method,
    invoice_settings: {
      ...blank.invoice_settings,
      account_tax_ids: account_tax_ids ?? null,
      custom_fields: custom_fields ?? null,
      days_until_due: subscription.days_until_due,
      description: description ?? null,
      footer: footer ?? null,
    },
  };
}

/** Stripe's types name two more ends of a schedule, without a word on what they do. */
function refuseUnknownEnd(behavior: string | undefined): void {
  if (behavior === "none" || behavior === "renew") throw notSupported(`The end behavior '${behavior}'`, "end_behavior");
}

function missing(param: string): Error {
  return invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}

function missingNow(): never {
  throw missing("start_date");
}

function blankSchedule(tx: Transaction, params: CreateScheduleParameters, customer: Stripe.Customer): Schedule {
  const blank: Schedule = {
    id: tx.newId("sub_sched"),
    object: "subscription_schedule",
    application: null,
    billing_mode: shownMode(params.billing_mode),
    canceled_at: null,
    completed_at: null,
    created: 0,
    current_phase: null,
    customer: customer.id,
    customer_account: null,
    default_settings: {
      automatic_tax: subscriptionTax(undefined),
      application_fee_percent: null,
      billing_cycle_anchor: "automatic",
      billing_thresholds: null,
      collection_method: "charge_automatically",
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: "self" },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: params.end_behavior ?? "release",
    livemode: false,
    metadata: applyMetadata({}, params.metadata),
    pause_schedules: [],
    phases: [],
    released_at: null,
    released_subscription: null,
    status: "not_started",
    subscription: null,
    test_clock: idOf(customer.test_clock),
  };
  return { ...blank, ...settings(tx, blank, params) };
}
