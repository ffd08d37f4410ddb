"use client";
import { useEffect, useState } from "react";
import type { Quote, TenantWish } from "@/billing/subscriptions/model";
import { failureOf, trpc } from "@/trpc/client";
import { movedBetween, type QuoteMove } from "./quote-words";

/** A quote is asked anew this long before it ends, so that nobody presses a button in its last moment. */
const MARGIN_MS = 20_000;
const SHORTEST_MS = 5_000;

/** Why a quote was replaced while somebody looked at it. */
export type Replaced = "expired" | "stale";

/** A quote on the page: the newest, whether it may be confirmed, and what moved when it was replaced. */
export interface LiveQuote {
  /** The newest answer; while another is on its way or was refused, the one before it, which must not be confirmed. */
  quote: Quote | null;
  isCurrent: boolean;
  error: unknown;
  retry: () => void;
  replaced: { because: Replaced; moves: QuoteMove[] } | null;
  /** The server said that the quote is no longer true: a fresh one takes its place, and what moved is said. */
  renew: (because: Replaced) => void;
}

/** Asks what a wish comes to, and asks again before the answer has run out. */
export function useQuote({
  tenant,
  wish,
  timeZone,
  initial,
  enabled = true,
}: {
  tenant: string;
  wish: TenantWish;
  timeZone: string;
  /** The server's quote of the first wish, made with the page. */
  initial?: Quote;
  /** False while the wish wants nothing that is not there already. */
  enabled?: boolean;
}): LiveQuote {
  const wishKey = JSON.stringify(wish);
  const [firstKey] = useState(wishKey);
  const [seen, setSeen] = useState<{ quote: Quote; because: Replaced; wishKey: string } | null>(null);
  const [last, setLast] = useState<Quote | null>(initial ?? null);
  const query = trpc.subscriptions.quote.useQuery(
    { tenant, wish },
    {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
      enabled,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      // What the server refused it refuses again.
      retry: (count, error) => count < 2 && failureOf(error).code === null,
      placeholderData: (previous) => previous,
      ...(initial !== undefined && wishKey === firstKey && { initialData: initial }),
    },
  );
  const { data, refetch } = query;
  const isCurrent =
    enabled && data !== undefined && !query.isFetching && !query.isPlaceholderData && query.error === null;

  // The tenant's clock may not be the browser's, so the time is counted from when the answer came.
  useEffect(() => {
    if (!data || !enabled) return;
    setLast(data);
    const lifeMs = data.expiresAt.getTime() - data.computedAt.getTime();
    const timer = setTimeout(
      () => {
        setSeen({ quote: data, because: "expired", wishKey });
        void refetch();
      },
      Math.max(SHORTEST_MS, lifeMs - MARGIN_MS),
    );
    return () => clearTimeout(timer);
  }, [data, enabled, refetch, wishKey]);

  const isReplaced = isCurrent && seen !== null && seen.wishKey === wishKey && seen.quote.id !== data.id;
  return {
    quote: enabled ? (data ?? last) : null,
    isCurrent,
    error: query.error,
    retry: () => void refetch(),
    replaced: isReplaced ? { because: seen.because, moves: movedBetween(seen.quote, data, timeZone) } : null,
    renew: (because) => {
      if (data) setSeen({ quote: data, because, wishKey });
      void refetch();
    },
  };
}
