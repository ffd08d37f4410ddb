import type { ReactNode } from "react";
import type { CurrentPlan } from "@/billing/subscriptions/model";
import { DateText } from "@/ui/date-text";
import { Section } from "@/ui/page-header";
import type { CancelDialogProps } from "./cancel-dialog";
import type { ChangeDialogProps } from "./change-dialog";
import { DialogButton } from "./dialog-button";
import type { Setting } from "./quote-dialog";

/** What can be done with the plan one has: seats, a pause, the way out. */
export function ManagePlan({
  setting,
  current,
  freePlanName,
  seats,
  cancel,
  openSeats,
}: {
  setting: Setting;
  current: CurrentPlan;
  freePlanName: string;
  /** Null where the plan is not sold by the seat, or cannot be changed now. */
  seats: Pick<ChangeDialogProps, "plan" | "start" | "held"> | null;
  cancel: Omit<CancelDialogProps, "setting" | "onClose">;
  openSeats: boolean;
}) {
  const { planName, status, subscription, pendingChange } = current;
  const mayPause = status === "active" && pendingChange === null && !current.cancelAtPeriodEnd;
  return (
    <Section title="Your plan" className="mt-14">
      <ul className="grid">
        {seats ? (
          <Item
            title="Seats"
            text={`You have ${subscription?.seats ?? 0}. More start at once; fewer wait for the next period.`}
            action={
              <DialogButton
                setting={setting}
                choice={{
                  dialog: "change",
                  props: { title: "Change the seats", currentPlanName: `${subscription?.seats} seats`, ...seats },
                }}
                openAtOnce={openSeats}
              >
                Change the seats
              </DialogButton>
            }
          />
        ) : null}
        {mayPause ? (
          <Item
            title="Pause"
            text={`Nothing is charged for a while, once usage until now is invoiced; ${freePlanName} serves meanwhile, and the time you have paid for becomes credit.`}
            action={
              <DialogButton setting={setting} choice={{ dialog: "verb", props: { verb: "pause", planName } }}>
                Pause the plan
              </DialogButton>
            }
          />
        ) : null}
        {current.cancelAtPeriodEnd ? null : <Leaving {...{ setting, current, freePlanName, cancel }} />}
      </ul>
    </Section>
  );
}

function Leaving({
  setting,
  current,
  freePlanName,
  cancel,
}: {
  setting: Setting;
  current: CurrentPlan;
  freePlanName: string;
  cancel: Omit<CancelDialogProps, "setting" | "onClose">;
}) {
  const { planName, status, currentPeriodEndAt } = current;
  const end = <DateText at={currentPeriodEndAt} timeZone={setting.timeZone} />;
  const text =
    status === "paused" ? (
      `${planName} would end, and ${freePlanName} stays.`
    ) : status === "past_due" || status === "unpaid" ? (
      <>It would end with its period, on {end}. What is overdue stays to be paid.</>
    ) : (
      <>
        It would stay {planName} until {end} and then become {freePlanName}. Invoices and usage stay readable.
      </>
    );
  const action = (
    <DialogButton setting={setting} choice={{ dialog: "cancel", props: cancel }}>
      Cancel the plan
    </DialogButton>
  );
  return <Item title="Cancel" text={text} action={action} />;
}

function Item({ title, text, action }: { title: string; text: ReactNode; action: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 border-b border-rule py-4 first:pt-0 last:border-b-0">
      <div className="min-w-0 max-w-prose">
        <h3 className="text-sm font-medium">{title}</h3>
        <p className="text-sm text-quiet">{text}</p>
      </div>
      {action}
    </li>
  );
}
