"use client";
import { useState } from "react";
import type { CurrentPlan } from "@/billing/subscriptions/model";
import { Button, ButtonLink } from "@/ui/button";
import type { QuotedTenant } from "./quote-dialog";
import { WishDialog } from "./wish-dialog";
import { ACTION_WORDS, type ActionKey, actionsFor, type PlanChoice } from "./wishes";

/** Everything an operator can do to the subscription as it stands. Nothing happens before its amounts were seen. */
export function SubscriptionActions({
  tenant,
  current,
  choices,
  plan,
}: {
  tenant: QuotedTenant;
  current: CurrentPlan;
  choices: PlanChoice[];
  /** A contract that was just made: the dialog opens with it. */
  plan?: string;
}) {
  const actions = actionsFor(current);
  const forPlan = actions.find((action) => action === "change" || action === "start") ?? null;
  const [open, setOpen] = useState<ActionKey | null>(plan === undefined ? null : forPlan);
  const button = (action: ActionKey) => (
    <li key={action}>
      <Button size="small" look={action === "cancel" ? "danger" : "secondary"} onClick={() => setOpen(action)}>
        {ACTION_WORDS[action].button}
      </Button>
    </li>
  );
  return (
    <>
      <ul className="flex flex-wrap gap-2">
        {actions.filter((action) => action !== "cancel").map(button)}
        <li>
          <ButtonLink size="small" href={`/admin/tenants/${tenant.slug}/contract`}>
            Agree on a contract
          </ButtonLink>
        </li>
        {actions.filter((action) => action === "cancel").map(button)}
      </ul>
      {open ? (
        <WishDialog
          tenant={tenant}
          action={open}
          current={current}
          choices={choices}
          plan={plan}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </>
  );
}
