"use client";
import { useState } from "react";
import type { BillingInterval } from "@/billing/subscriptions/model";
import { Button, ButtonLink } from "@/ui/button";
import { ResumeButton } from "../../_components/resume-button";
import { CancelPlan } from "./cancel-plan";
import { ChangePlanDialog } from "./change-plan-dialog";
import type { PlanOffer } from "./plan-offer";

export interface PlanActionProps {
  tenant: string;
  timeZone: string;
  plan: { key: string; name: string };
  currentPlanName: string;
  periodEndAt: Date;
  interval: BillingInterval;
  offer: PlanOffer;
  /** Why this person may not change the plan; null when they may. */
  readOnly: string | null;
}

/** The button of one plan; what it does was decided on the server. */
export function PlanAction(props: PlanActionProps) {
  const { tenant, plan, interval, offer, readOnly } = props;
  const [open, setOpen] = useState(false);
  const because = readOnly ?? (offer.kind === "blocked" ? offer.because : null);
  if (offer.kind === "current") {
    return (
      <Button wide disabled aria-label={`${plan.name} is your plan`}>
        {offer.label}
      </Button>
    );
  }
  if (because) {
    return (
      <>
        <Button wide disabled aria-describedby={`why-${plan.key}`}>
          {offer.label}
        </Button>
        <p id={`why-${plan.key}`} className="mt-1 text-xs text-quiet">
          {because}
        </p>
      </>
    );
  }
  switch (offer.kind) {
    case "contact":
      return (
        <ButtonLink href="mailto:sales@quittance.example" wide>
          {offer.label}
        </ButtonLink>
      );
    case "resume":
      return <ResumeButton tenant={tenant} planName={plan.name} look="primary" size="medium" wide />;
    case "checkout":
      return (
        <ButtonLink hard href={`/t/${tenant}/checkout?plan=${plan.key}&interval=${interval}`} wide look="primary">
          {offer.label}
        </ButtonLink>
      );
    case "cancel":
      return (
        <CancelPlan
          tenant={tenant}
          timeZone={props.timeZone}
          planName={props.currentPlanName}
          freePlanName={plan.name}
          periodEndAt={props.periodEndAt}
          label={offer.label}
          wide
        />
      );
    case "change":
      return (
        <>
          <Button
            wide
            look={offer.direction === "upgrade" ? "primary" : "secondary"}
            aria-label={offer.label}
            onClick={() => setOpen(true)}
          >
            {shortLabel(offer.label, plan.name)}
          </Button>
          {open ? <ChangePlanDialog {...props} offer={offer} onClose={() => setOpen(false)} /> : null}
        </>
      );
    default:
      return null;
  }
}

/** The label without the plan's name, which stands above the button; assistive technology hears the whole. */
function shortLabel(label: string, planName: string): string {
  return label.replace(` to ${planName}`, "");
}
