"use client";
import { PaymentElement } from "@stripe/react-stripe-js";
import { useState } from "react";
import { ErrorState } from "@/ui/states";

/** The Payment Element with its place kept while it loads. */
export function PaymentFields({
  email,
  onReady,
  onType,
}: {
  email: string;
  onReady?: () => void;
  /** Told which kind of method is being entered: "card", "us_bank_account". */
  onType?: (type: string) => void;
}) {
  const [ready, setReady] = useState(false);
  const [broken, setBroken] = useState<string | null>(null);
  return (
    <div className="relative min-h-64">
      {ready || broken ? null : (
        <div role="status" aria-label="Loading the card fields" className="absolute inset-0 grid content-start gap-4">
          <div className="skeleton h-4 w-28" />
          <div className="skeleton h-11 w-full" />
          <div className="grid grid-cols-2 gap-4">
            <div className="skeleton h-11" />
            <div className="skeleton h-11" />
          </div>
        </div>
      )}
      {broken ? <ErrorState title="The card fields could not be loaded" message={broken} /> : null}
      <PaymentElement
        options={{ layout: "tabs", defaultValues: { billingDetails: { email } } }}
        onReady={() => {
          setReady(true);
          onReady?.();
        }}
        onChange={({ value }) => onType?.(value.type)}
        onLoadError={({ error }) => setBroken(error.message ?? "Stripe did not answer. Please reload the page.")}
      />
    </div>
  );
}
