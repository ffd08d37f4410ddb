/** The parts of a preview's `subscription_details` that mean something else for a new subscription than for a change of one. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { isClassic, migrateSubscription } from "./billing-mode";
import type { CreateParameters } from "./create-subscription";
import type { PreviewParameters } from "./preview-params";

type Details = NonNullable<PreviewParameters["subscription_details"]>;

const anchorPath = "subscription_details[billing_cycle_anchor]";

/** The anchor, mode and start of a subscription that is not there yet. */
export function creationTerms(
  details: Details,
  now: number,
): Pick<CreateParameters, "backdate_start_date" | "billing_cycle_anchor" | "billing_mode"> {
  const { billing_cycle_anchor: anchor, billing_mode, start_date: start } = details;
  if (anchor?.type === "timestamp" && anchor.timestamp === undefined) {
    throw invalidRequest(`Missing required param: ${anchorPath}[timestamp].`, {
      code: "parameter_missing",
      param: `${anchorPath}[timestamp]`,
    });
  }
  return {
    // A later start is rehearsed at its time, as one that begins at once.
    backdate_start_date: start !== undefined && start < now ? start : undefined,
    billing_cycle_anchor: anchor?.type === "timestamp" ? anchor.timestamp : undefined,
    billing_mode,
  };
}

/** The anchor of a change: moments are for new subscriptions. */
export function changedAnchor(details: Details): { type: "now" | "unchanged" } | undefined {
  const type = details.billing_cycle_anchor?.type;
  if (details.start_date !== undefined) {
    throw invalidRequest("A subscription that exists has its start_date already.", {
      param: "subscription_details[start_date]",
    });
  }
  if (type === "timestamp") {
    throw invalidRequest("The anchor of an existing subscription can be left or set to now, not to a timestamp.", {
      param: `${anchorPath}[type]`,
    });
  }
  return type === undefined ? undefined : { type };
}

/** Shows an existing subscription in the mode it would be migrated to. */
export function previewMode(
  stage: Transaction,
  subscription: Stripe.Subscription,
  mode: Details["billing_mode"],
): void {
  if (mode === undefined) return;
  if (mode.type === "classic") {
    if (isClassic(subscription)) return;
    throw invalidRequest("A subscription in flexible billing mode cannot become a classic one.", {
      param: "subscription_details[billing_mode][type]",
    });
  }
  if (isClassic(subscription)) migrateSubscription(stage, subscription.id, { ...mode, type: "flexible" });
}
