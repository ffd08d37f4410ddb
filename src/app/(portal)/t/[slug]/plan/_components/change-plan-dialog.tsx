"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { type Answers, failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { Dialog } from "@/ui/dialog";
import { Money, moneyText } from "@/ui/money";
import { ErrorState, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";
import type { PlanActionProps } from "./plan-action";
import type { PlanOffer } from "./plan-offer";

type Preview = Answers["subscriptions"]["quote"];
type ChangeOffer = Extract<PlanOffer, { kind: "change" }>;

/** Shows to the cent what a change does before it is made; the button carries the amount. */
export function ChangePlanDialog({
  tenant,
  timeZone,
  plan,
  currentPlanName,
  interval,
  offer,
  onClose,
}: PlanActionProps & { offer: ChangeOffer; onClose: () => void }) {
  const router = useRouter();
  const [requestId] = useState(() => crypto.randomUUID());
  const preview = trpc.subscriptions.quote.useQuery(
    { tenant, wish: { verb: "change", planKey: plan.key, interval } },
    { staleTime: 0, gcTime: 0, refetchOnWindowFocus: true },
  );
  const change = trpc.subscriptions.commit.useMutation({
    onSuccess: (changed) => {
      if (changed.confirmation) {
        window.location.assign(`/t/${tenant}/checkout?plan=${plan.key}&interval=${interval}`);
        return;
      }
      toast(
        preview.data?.isNow === false ? `The change to ${plan.name} is scheduled` : `Your plan is now ${plan.name}`,
      );
      router.refresh();
      onClose();
    },
  });
  const busy = change.isPending || (change.isSuccess && change.data.confirmation !== null);
  const stale = preview.isFetching;

  return (
    <Dialog open onClose={onClose} locked={busy} title={offer.label}>
      <p className="mb-5 text-sm text-quiet">
        From {currentPlanName} to {plan.name}, paid by the {interval}.
      </p>
      {preview.data ? (
        <div aria-busy={stale} className={stale ? "opacity-50 transition-opacity" : "transition-opacity"}>
          <PreviewStatement preview={preview.data} timeZone={timeZone} />
        </div>
      ) : preview.error ? (
        <PreviewFailed error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        <Skeleton lines={6} label="Computing the change" />
      )}
      {change.error ? (
        <div className="mt-4">
          <ErrorState title="The plan was not changed" {...failureOf(change.error)} />
        </div>
      ) : null}
      <form
        className="mt-6 flex flex-wrap justify-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && preview.data)
            change.mutate({ tenant, quoteId: preview.data.id, paymentMethodId: null, requestId });
        }}
      >
        <Button onClick={onClose} disabled={busy}>
          Keep {currentPlanName}
        </Button>
        <Button type="submit" look="primary" busy={busy} disabled={!preview.data || stale}>
          {busy ? "Changing…" : confirmText(preview.data, offer)}
        </Button>
      </form>
    </Dialog>
  );
}

function PreviewFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const retry = (
    <Button size="small" onClick={onRetry}>
      Try again
    </Button>
  );
  return <ErrorState title="The change could not be computed" {...failureOf(error)} retry={retry} />;
}

function confirmText(preview: Preview | undefined, offer: ChangeOffer): string {
  if (!preview) return "Computing…";
  if (preview.dueNowMinor > 0n) {
    const amount = moneyText(preview.dueNowMinor, preview.currency);
    return `Pay ${amount} and ${offer.direction === "upgrade" ? "upgrade" : "change"}`;
  }
  return `Confirm ${offer.direction}`;
}

function PreviewStatement({ preview, timeZone }: { preview: Preview; timeZone: string }) {
  const { creditMinor } = preview;
  return (
    <dl className="text-sm">
      {preview.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a statement's lines keep their order
        <div key={index} className="flex justify-between gap-6 border-b border-rule py-2">
          <dt>{line.description}</dt>
          <dd>
            <Money amountMinor={line.amountMinor} currency={preview.currency} />
          </dd>
        </div>
      ))}
      <div className="flex justify-between gap-6 py-2 text-quiet">
        <dt>Tax</dt>
        <dd>
          <Money amountMinor={preview.tax.amountMinor} currency={preview.currency} />
        </dd>
      </div>
      <div className="flex items-baseline justify-between gap-6 border-t border-ink/70 py-2 font-semibold">
        <dt>Due today</dt>
        <dd>
          <Money
            amountMinor={preview.dueNowMinor}
            currency={preview.currency}
            className="font-serif text-2xl font-medium"
          />
        </dd>
      </div>
      {creditMinor > 0n ? (
        <div className="flex justify-between gap-6 py-1">
          <dt>Credit for your next invoices</dt>
          <dd>
            <Money amountMinor={creditMinor} currency={preview.currency} />
          </dd>
        </div>
      ) : null}
      {preview.nextInvoice ? (
        <div className="flex justify-between gap-6 py-1 text-quiet">
          <dt>Next invoice</dt>
          <dd>
            <DateText at={preview.nextInvoice.at} timeZone={timeZone} />
          </dd>
        </div>
      ) : null}
    </dl>
  );
}
