"use client";
import { useState } from "react";
import { focusFirstError } from "../../../_components/typed";
import { EMPTY_WORTH, worthErrors } from "../../../_components/worth";
import { NameField, WorthFields } from "../../../_components/worth-fields";
import { DiscountDialog } from "./discount-dialog";
import { givingWish } from "./discount-wish";
import type { QuotedTenant } from "./quote-dialog";

/** The price is asked for by the button, not while somebody types: at Stripe a coupon stands for what is asked about. */
export function GiveDiscount({
  tenant,
  currency,
  onClose,
}: {
  tenant: QuotedTenant;
  currency: string;
  onClose: () => void;
}) {
  const [form, setForm] = useState(EMPTY_WORTH);
  const [asked, setAsked] = useState<typeof form | null>(null);
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const errors = asked === null ? {} : worthErrors(form);
  const fields = (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <NameField worth={form} errors={errors} onChange={change} className="sm:col-span-2" />
        <WorthFields worth={form} errors={errors} currency={currency} onceText="The next invoice" onChange={change} />
      </div>
      {Object.keys(errors).length > 0 ? (
        <p role="alert" className="sr-only">
          Say a name, and what is taken off as a number such as 20 or 12.5; months are 1 to 60.
        </p>
      ) : null}
    </>
  );
  return (
    <DiscountDialog
      tenant={tenant}
      title={`Give a discount: ${tenant.name}`}
      button="Give the discount"
      wish={asked === form ? givingWish(form) : null}
      onAsk={(element) => {
        setAsked(form);
        focusFirstError(element);
      }}
      fields={fields}
      onClose={onClose}
    />
  );
}
