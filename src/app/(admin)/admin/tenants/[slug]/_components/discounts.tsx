"use client";
import { useState } from "react";
import type { CurrentPlan, SubscriptionDiscount } from "@/billing/subscriptions/model";
import { Button } from "@/ui/button";
import { dateText } from "@/ui/date-text";
import { moneyText } from "@/ui/money";
import { DiscountDialog } from "./discount-dialog";
import { takingWish } from "./discount-wish";
import { GiveDiscount } from "./give-discount";
import type { QuotedTenant } from "./quote-dialog";

/** The discounts a subscription has: another one can be given without a code, and each can be taken off. */
export function Discounts({ tenant, current }: { tenant: QuotedTenant; current: CurrentPlan }) {
  const [open, setOpen] = useState<SubscriptionDiscount | "give" | null>(null);
  if (current.subscription === null) return null;
  const { discounts } = current.subscription;
  const close = () => setOpen(null);
  return (
    <section aria-label="Discounts" className="grid gap-3 border-t border-rule pt-4 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="font-medium">Discounts</h3>
        <Button size="small" onClick={() => setOpen("give")}>
          Give a discount
        </Button>
      </div>
      {discounts.length === 0 ? <p className="text-quiet">None.</p> : null}
      <ul className="grid gap-2">
        {discounts.map((discount) => (
          <li key={discount.stripeDiscountId} className="flex flex-wrap items-center justify-between gap-3">
            <span>{discountText(discount, current.currency, tenant.timeZone)}</span>
            <Button
              size="small"
              look="quiet"
              aria-label={`Take off: ${discount.name}`}
              onClick={() => setOpen(discount)}
            >
              Take off
            </Button>
          </li>
        ))}
      </ul>
      {open === "give" ? <GiveDiscount tenant={tenant} currency={current.currency} onClose={close} /> : null}
      {open !== null && open !== "give" ? (
        <DiscountDialog
          tenant={tenant}
          title={`Take off: ${open.name}`}
          button="Take the discount off"
          wish={takingWish(open.stripeDiscountId)}
          onClose={close}
        />
      ) : null}
    </section>
  );
}

function discountText(discount: SubscriptionDiscount, currency: string, timeZone: string): string {
  const { name, percentOff, amountOffMinor, duration, endsAt } = discount;
  const off = percentOff === null ? moneyText(BigInt(amountOffMinor ?? "0"), currency) : `${percentOff}%`;
  const length =
    duration === "once" ? " once" : endsAt === null ? "" : ` until ${dateText(new Date(endsAt), timeZone)}`;
  return `${name}: ${off} off${length}`;
}
