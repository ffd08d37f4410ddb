"use client";
import type { ReactNode } from "react";
import type { PaymentMethodView } from "@/billing/payments/model";
import { CardExpiry, cardName } from "../../../../../_components/card-text";

/** The fields below are for a card that is not saved yet. */
export const NEW_CARD = "new";
/** A trial that asks for none. */
export const NO_CARD = "none";

/** Which card pays: a saved one, another one, or for some trials none. */
export function CardChoices({
  methods,
  withoutCard,
  chosen,
  onChoose,
  disabled,
}: {
  methods: PaymentMethodView[];
  /** What starting without a card leads to; null where one is needed. */
  withoutCard: string | null;
  chosen: string;
  onChoose: (id: string) => void;
  disabled: boolean;
}) {
  if (methods.length === 0 && withoutCard === null) return null;
  return (
    <fieldset className="mb-6 grid gap-2" disabled={disabled}>
      <legend className="sr-only">Card to pay with</legend>
      {methods.map((method) => (
        <CardChoice
          key={method.stripePaymentMethodId}
          checked={chosen === method.stripePaymentMethodId}
          onChange={() => onChoose(method.stripePaymentMethodId)}
        >
          <span className="font-medium">{cardName(method)}</span> <CardExpiry method={method} />
        </CardChoice>
      ))}
      <CardChoice checked={chosen === NEW_CARD} onChange={() => onChoose(NEW_CARD)}>
        <span className="font-medium">{methods.length > 0 ? "Another card" : "A card"}</span>
      </CardChoice>
      {withoutCard ? (
        <CardChoice checked={chosen === NO_CARD} onChange={() => onChoose(NO_CARD)}>
          <span className="font-medium">No card now</span> <span className="text-quiet">{withoutCard}</span>
        </CardChoice>
      ) : null}
    </fieldset>
  );
}

function CardChoice({ checked, onChange, children }: { checked: boolean; onChange: () => void; children: ReactNode }) {
  return (
    <label className="flex items-center gap-3 rounded-md border border-rule px-3 py-2.5 text-sm has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input type="radio" name="card" checked={checked} onChange={onChange} className="accent-accent" />
      <span>{children}</span>
    </label>
  );
}
