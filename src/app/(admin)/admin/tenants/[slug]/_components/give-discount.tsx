"use client";
import { useState } from "react";
import { Field } from "@/ui/field";
import { WorthFields } from "../../../_components/worth-fields";
import { DiscountDialog } from "./discount-dialog";
import { EMPTY_DISCOUNT, givingWish } from "./discount-wish";
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
  const [form, setForm] = useState(EMPTY_DISCOUNT);
  const [asked, setAsked] = useState<typeof form | null>(null);
  const [isIncomplete, setIsIncomplete] = useState(false);
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const fields = (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Name on invoices"
          className="sm:col-span-2"
          value={form.name}
          maxLength={40}
          required
          onChange={(event) => change({ name: event.target.value })}
        />
        <WorthFields worth={form} errors={{}} currency={currency} onceText="The next invoice" onChange={change} />
      </div>
      {isIncomplete && givingWish(form) === null ? (
        <p role="alert" className="text-sm text-loss">
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
      onAsk={() => {
        setIsIncomplete(givingWish(form) === null);
        setAsked(form);
      }}
      fields={fields}
      onClose={onClose}
    />
  );
}
