import type { Quote } from "@/billing/subscriptions/model";
import { ButtonLink } from "@/ui/button";
import { cardName } from "../../../../../_components/card-text";

/** Where another card is added, and how that page finds its way back to what was being done. */
export function otherCardPath(tenant: string, returnPath: string): string {
  return `/t/${tenant}/payment-methods/add?return=${encodeURIComponent(returnPath)}`;
}

/** Leads to another card and back to the same dialog. */
export function OtherCardLink({ tenant, returnPath }: { tenant: string; returnPath: string }) {
  return (
    <ButtonLink hard size="small" href={otherCardPath(tenant, returnPath)}>
      Use another card
    </ButtonLink>
  );
}

/** Which card is charged, when one is. */
export function Charged({ tenant, quote, returnPath }: { tenant: string; quote: Quote; returnPath: string }) {
  if (quote.dueNowMinor <= 0n) return null;
  const { chargedTo } = quote;
  return (
    <p className="mt-4 flex flex-wrap justify-between gap-x-6 gap-y-1 border-t border-rule pt-3 text-sm">
      {chargedTo ? (
        <span>
          Charged to <span className="font-medium">{cardName(chargedTo)}</span>
        </span>
      ) : (
        <span>There is no card to charge yet.</span>
      )}
      <a href={otherCardPath(tenant, returnPath)} className="link">
        {chargedTo ? "Change the card" : "Add a card"}
      </a>
    </p>
  );
}
