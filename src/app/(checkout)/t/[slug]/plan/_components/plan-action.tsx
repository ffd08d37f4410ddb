import type { ReactNode } from "react";
import { Button, ButtonLink } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { ResumeButton } from "../../../../../(portal)/t/[slug]/_components/resume-button";
import type { CancelDialogProps } from "./cancel-dialog";
import type { ChangeDialogProps } from "./change-dialog";
import { DialogButton } from "./dialog-button";
import { KeepButton } from "./one-click";
import type { PlanOffer } from "./plan-offer";
import type { Setting } from "./quote-dialog";

export interface PlanActionProps {
  setting: Setting;
  plan: ChangeDialogProps["plan"];
  offer: PlanOffer;
  change: Pick<ChangeDialogProps, "currentPlanName" | "start" | "held">;
  cancel: Omit<CancelDialogProps, "setting" | "onClose">;
  /** Whether the address asks for this plan's dialog. */
  openAtOnce: boolean;
  /** Why this person may not change the plan; null when they may. */
  readOnly: string | null;
}

/** The button of one plan; what it does was decided on the server. */
export function PlanAction({ setting, plan, offer, change, cancel, openAtOnce, readOnly }: PlanActionProps) {
  if (offer.kind === "current") {
    return (
      <Button wide disabled aria-label={`${plan.name} is your plan`}>
        {offer.label}
      </Button>
    );
  }
  if (offer.kind === "scheduled") {
    return (
      <Explained plan={plan} label={offer.label}>
        Starts by itself on <DateText at={offer.at} timeZone={setting.timeZone} />.
      </Explained>
    );
  }
  if (offer.kind === "contact" && offer.href === null) {
    return (
      <Explained plan={plan} label={offer.label}>
        Its price is agreed with you.
      </Explained>
    );
  }
  if (offer.kind === "blocked" || (readOnly && offer.kind !== "contact")) {
    return (
      <Explained plan={plan} label={offer.label}>
        {readOnly ?? (offer.kind === "blocked" ? offer.because : null)}
      </Explained>
    );
  }
  return <Offered {...{ setting, plan, offer, change, cancel, openAtOnce }} />;
}

type Offerable = Exclude<PlanOffer, { kind: "current" | "scheduled" | "blocked" }>;

function Offered(props: Omit<PlanActionProps, "readOnly" | "offer"> & { offer: Offerable }) {
  const { setting, plan, offer, change, cancel, openAtOnce } = props;
  switch (offer.kind) {
    case "contact":
      return (
        <ButtonLink hard href={offer.href ?? ""} aria-label={`Contact us about ${plan.name}`} wide>
          {offer.label}
        </ButtonLink>
      );
    case "resume":
      return <ResumeButton tenant={setting.tenant} planName={plan.name} look="primary" size="medium" wide />;
    case "keep":
      return (
        <KeepButton tenant={setting.tenant} doneText={`Your plan stays ${plan.name}`} look="primary" wide>
          {offer.label}
        </KeepButton>
      );
    case "checkout":
      return (
        <ButtonLink
          hard
          href={`/t/${setting.tenant}/checkout?plan=${plan.key}&interval=${change.start.interval}`}
          wide
          look="primary"
          aria-label={offer.label.includes(plan.name) ? undefined : `${offer.label}: ${plan.name}`}
        >
          {offer.label}
        </ButtonLink>
      );
    case "unpause":
      return (
        <DialogButton
          setting={setting}
          choice={{ dialog: "verb", props: { verb: "unpause", planName: plan.name } }}
          look="primary"
          wide
        >
          {offer.label}
        </DialogButton>
      );
    case "cancel":
      return (
        <DialogButton setting={setting} choice={{ dialog: "cancel", props: cancel }} wide aria-label={offer.label}>
          {shortLabel(offer.label, plan.name)}
        </DialogButton>
      );
    case "change":
      return (
        <DialogButton
          setting={setting}
          choice={{ dialog: "change", props: { title: offer.label, plan, ...change } }}
          openAtOnce={openAtOnce}
          wide
          look={offer.direction === "upgrade" ? "primary" : "secondary"}
          aria-label={offer.label}
        >
          {shortLabel(offer.label, plan.name)}
        </DialogButton>
      );
  }
}

/** A button that cannot be pressed, and why. */
function Explained({ plan, label, children }: { plan: { key: string }; label: string; children: ReactNode }) {
  return (
    <>
      <Button wide disabled aria-describedby={`why-${plan.key}`}>
        {label}
      </Button>
      <p id={`why-${plan.key}`} className="mt-1 text-xs text-quiet">
        {children}
      </p>
    </>
  );
}

/** The label without the plan's name, which stands above the button; assistive technology hears the whole. */
function shortLabel(label: string, planName: string): string {
  return label.replace(` to ${planName}`, "");
}
