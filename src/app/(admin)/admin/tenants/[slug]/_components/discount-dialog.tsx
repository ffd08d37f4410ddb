"use client";
import type { ReactNode } from "react";
import type { SubscriptionWish } from "@/billing/subscriptions/model";
import { failureOf } from "@/trpc/client";
import { ErrorState, Skeleton } from "@/ui/states";
import { QuoteStatement } from "../../../../../_components/quote-statement";
import { QuoteDialog, type QuotedTenant, useWishQuote } from "./quote-dialog";

interface DiscountDialogProps {
  tenant: QuotedTenant;
  title: string;
  button: string;
  /** Null while nothing was asked about. */
  wish: SubscriptionWish | null;
  /** Asks about what is typed; left out where the wish is clear from the start. */
  onAsk?: (form: HTMLFormElement) => void;
  fields?: ReactNode;
  onClose: () => void;
}

/** A wish about discounts, over the next invoice as it will be. */
export function DiscountDialog({ tenant, title, button, wish, onAsk, fields, onClose }: DiscountDialogProps) {
  const quote = useWishQuote(tenant.slug, wish === null ? null : { wish });
  const shown = wish === null || quote.error || quote.isFetching ? undefined : quote.data;
  const statement = shown ? (
    // The plan stays, so what it allows is no news.
    <QuoteStatement quote={{ ...shown, exceeded: [] }} timeZone={tenant.timeZone} withTerms={false} />
  ) : wish === null ? (
    <p className="text-sm text-quiet">The next invoice is shown before anything is given.</p>
  ) : quote.error && !quote.isFetching ? (
    <ErrorState title="The next invoice could not be computed" {...failureOf(quote.error)} />
  ) : (
    <Skeleton lines={4} label="Computing the next invoice" />
  );
  return (
    <QuoteDialog
      {...{ tenant, title, fields, statement, onClose }}
      keptWith="discount"
      reasonHint="Stands in the audit log."
      isComputing={quote.isFetching}
      quote={shown}
      button={{ text: wish === null ? "Show the next invoice" : button, disabled: wish !== null && !shown }}
      onAsk={wish === null ? onAsk : undefined}
      done={button.toLowerCase()}
      again={() => void quote.refetch()}
    />
  );
}
