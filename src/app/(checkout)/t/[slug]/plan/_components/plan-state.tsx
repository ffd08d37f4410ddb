import type { ReactNode } from "react";
import type { CurrentPlan } from "@/billing/subscriptions/model";
import { ButtonLink } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { DialogButton } from "./dialog-button";
import { FinishPayment } from "./finish-payment";
import { KeepButton, LeaveStartButton } from "./one-click";
import type { Setting } from "./quote-dialog";

interface StateProps {
  setting: Setting;
  current: CurrentPlan;
  freePlanName: string;
  mayChange: boolean;
}

/** What is under way with the plan, each with what can be done about it; nothing when the plan simply runs. */
export function PlanState({
  now,
  asked,
  ...state
}: StateProps & {
  /** The tenant's present. */
  now: Date;
  /** The verb that the address asks for. */
  asked: string | undefined;
}) {
  return (
    <div className="grid gap-3 not-empty:mb-8">
      <WaitingChange {...state} />
      <WaitingStart {...state} />
      <Scheduled {...state} />
      <Trial {...state} now={now} open={asked === "end_trial"} />
      <Paused {...state} open={asked === "unpause"} />
    </div>
  );
}

function WaitingChange({ setting: { tenant, timeZone, publishableKey }, current, mayChange }: StateProps) {
  const { planName, pendingChange } = current;
  if (!pendingChange) return null;
  return (
    <Notice
      title="A change of your plan waits for your bank"
      action={
        mayChange ? (
          <>
            <FinishPayment tenant={tenant} publishableKey={publishableKey} />
            <KeepButton tenant={tenant} doneText={`Your plan stays ${planName}`}>
              Leave it and keep {planName}
            </KeepButton>
          </>
        ) : null
      }
    >
      Your plan stays {planName} and nothing is charged until you confirm the payment. Without that, the change is given
      up on <DateText at={pendingChange.expiresAt} timeZone={timeZone} style="dateTime" />.
    </Notice>
  );
}

function WaitingStart({ setting: { tenant }, current: { pending, planName }, mayChange }: StateProps) {
  if (!pending) return null;
  return (
    <Notice
      title={`${pending.planName} waits for its first payment`}
      action={
        mayChange ? (
          <>
            <ButtonLink hard look="primary" href={`/t/${tenant}/checkout?plan=${pending.planKey}`}>
              Finish the payment
            </ButtonLink>
            <LeaveStartButton tenant={tenant} doneText={`${pending.planName} was not started`}>
              Leave it
            </LeaveStartButton>
          </>
        ) : null
      }
    >
      Nothing was charged. Until it is confirmed you are on {planName}.
    </Notice>
  );
}

function Scheduled({ setting: { tenant, timeZone }, current, mayChange }: StateProps) {
  const { planName, scheduled } = current;
  if (!scheduled) return null;
  const kept = keptOf(current);
  const on = <DateText at={scheduled.at} timeZone={timeZone} />;
  const keep = (
    <KeepButton tenant={tenant} doneText={`You keep ${kept.text}`}>
      Keep {kept.text}
    </KeepButton>
  );
  const seats = scheduled.seats === null ? "" : `, with ${seatsText(scheduled.seats)}`;
  return (
    <Notice title={kept.title} action={mayChange ? keep : null}>
      {scheduled.planKey === current.planKey ? (
        <>
          It stays at {kept.text} until {on}, then {planName} is paid by the {scheduled.interval}
          {seats}.
        </>
      ) : (
        <>
          It stays {planName} until {on}, then becomes {scheduled.planName}, paid by the {scheduled.interval}
          {seats}.
        </>
      )}
    </Notice>
  );
}

/** What a change that waits would take away, and how it is named. */
function keptOf({ planKey, planName, interval, subscription, scheduled }: CurrentPlan): {
  title: string;
  text: string;
} {
  if (!scheduled || scheduled.planKey !== planKey) {
    return { title: `Your next plan is ${scheduled?.planName ?? planName}`, text: planName };
  }
  if (scheduled.interval !== interval) {
    return { title: `${planName} will be paid by the ${scheduled.interval}`, text: `paying by the ${interval}` };
  }
  return {
    title: `${planName} will have ${seatsText(scheduled.seats ?? 0)}`,
    text: seatsText(subscription?.seats ?? 0),
  };
}

function Trial({ setting, current, freePlanName, mayChange, now, open }: StateProps & { now: Date; open: boolean }) {
  const { planName, trialEndAt } = current;
  if (!trialEndAt) return null;
  return (
    <Notice
      title={`${daysText(now, trialEndAt)} of the trial left`}
      action={
        mayChange ? (
          <DialogButton
            setting={setting}
            choice={{ dialog: "verb", props: { verb: "end_trial", planName } }}
            openAtOnce={open}
          >
            Start paying now
          </DialogButton>
        ) : null
      }
    >
      {planName} is free until <DateText at={trialEndAt} timeZone={setting.timeZone} />.{" "}
      {current.cancelAtPeriodEnd
        ? `Then ${freePlanName} follows.`
        : `Then its first period is charged; without a card, ${freePlanName} follows.`}
    </Notice>
  );
}

function Paused({ setting, current, freePlanName, mayChange, open }: StateProps & { open: boolean }) {
  const { planName, status } = current;
  if (status !== "paused") return null;
  return (
    <Notice
      title={`${planName} is paused`}
      action={
        mayChange ? (
          <DialogButton
            setting={setting}
            choice={{ dialog: "verb", props: { verb: "unpause", planName } }}
            openAtOnce={open}
            look="primary"
          >
            Resume {planName}…
          </DialogButton>
        ) : null
      }
    >
      Nothing is charged, and {freePlanName} with its limits serves until you resume.
    </Notice>
  );
}

function Notice({ title, action, children }: { title: string; action: ReactNode; children: ReactNode }) {
  return (
    <section
      aria-label={title}
      className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 border-l-2 border-accent bg-accent-wash px-4 py-3"
    >
      <div className="min-w-0 max-w-prose">
        <h2 className="font-medium">{title}</h2>
        <p className="text-sm">{children}</p>
      </div>
      {action ? <div className="flex flex-wrap items-start gap-3">{action}</div> : null}
    </section>
  );
}

function seatsText(seats: number): string {
  return seats === 1 ? "1 seat" : `${seats} seats`;
}

function daysText(now: Date, until: Date): string {
  const days = Math.max(0, Math.ceil((until.getTime() - now.getTime()) / 86_400_000));
  return days === 1 ? "1 day" : `${days} days`;
}
