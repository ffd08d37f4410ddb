"use client";
import { keepPreviousData } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import type { FormEvent, ReactNode } from "react";
import type { Quote, SubscriptionWish } from "@/billing/subscriptions/model";
import { failureOf, trpc } from "@/trpc/client";
import type { ButtonProps } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { DialogButtons } from "../../../_components/dialog-buttons";
import { ReasonField, useReason } from "../../../_components/reason";

/** Whom a quote is for, as far as a dialog says it. */
export interface QuotedTenant {
  slug: string;
  name: string;
  timeZone: string;
}

interface QuoteDialogProps {
  tenant: QuotedTenant;
  title: string;
  /** The particulars of the wish. */
  fields?: ReactNode;
  /** What the reason is kept with: "change". */
  keptWith: string;
  reasonHint: string;
  /** The quote as a statement, or what stands in its place. */
  statement: ReactNode;
  isComputing: boolean;
  /** What is carried out; undefined while there is none that is true of the form. */
  quote: Quote | undefined;
  button: { text: string; look?: ButtonProps["look"]; disabled: boolean };
  /** Where there is nothing to carry out yet, the button asks for it instead. */
  onAsk?: (form: HTMLFormElement) => void;
  /** What was done, in words. */
  done: string;
  /** Asks for the quote again. */
  again: () => void;
  onClose: () => void;
}

/** A wish with its reason and to the cent what it does; it is carried out as the quote on the page says, or not at all. */
export function QuoteDialog({ tenant, title, quote, statement, button, onAsk, onClose, ...rest }: QuoteDialogProps) {
  const reason = useReason(`Say why: it is kept with the ${rest.keptWith}.`);
  const commit = useCommit(rest.done, { again: rest.again, onDone: onClose });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (onAsk) return onAsk(event.currentTarget);
    const given = reason.given();
    if (given === null || !quote || commit.isPending) return;
    commit.mutate({ tenant: tenant.slug, quoteId: quote.id, requestId: `console:${quote.id}`, reason: given });
  }

  return (
    <Dialog open onClose={onClose} locked={commit.isPending} title={title}>
      <form onSubmit={submit} noValidate className="grid gap-6">
        {rest.fields}
        <ReasonField reason={reason} hint={rest.reasonHint} />
        <div aria-live="polite" aria-busy={rest.isComputing} className="border-t border-rule pt-4">
          {statement}
        </div>
        {commit.error ? <ErrorState title="Nothing was changed" {...failureOf(commit.error)} /> : null}
        <DialogButtons onClose={onClose} isWorking={commit.isPending} look={button.look} disabled={button.disabled}>
          {button.text}
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function useCommit(done: string, after: { again: () => void; onDone: () => void }) {
  const router = useRouter();
  return trpc.operator.commit.useMutation({
    onSuccess: () => {
      toast(`Done: ${done}`);
      router.refresh();
      after.onDone();
    },
    // A quote that was refused is spent or untrue; one whose answer was lost may be asked for again.
    onError: (error) => {
      if (failureOf(error).code !== null) after.again();
    },
  });
}

/** A wish; some are of one exact version of a plan. */
export interface Wished {
  wish: SubscriptionWish;
  planVersionId?: string;
}

/** The price of a wish; none is asked for while the wish is null. The price before stays until the new one is there. */
export function useWishQuote(tenant: string, wished: Wished | null) {
  return trpc.operator.quote.useQuery(
    { tenant, ...(wished ?? { wish: { verb: "resume" } }) },
    {
      ...{ enabled: wished !== null, staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false },
      ...{ refetchOnWindowFocus: false, placeholderData: keepPreviousData },
    },
  );
}
