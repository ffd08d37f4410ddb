/** What an invoice says of its parties and taxes, frozen when it is issued; and its problems in words. Pure. */
import type { InvoiceStatus } from "../model";
import type { InvoiceProblem, InvoiceStatement, Seller } from "../model-statement";

/** What Stripe states of an invoice, as far as a statement needs it. */
export type StatedParties = Omit<InvoiceStatement, "seller">;

/**
 * The statement to keep. Stripe freezes the customer and the taxes; ours to freeze are the seller and the reference, and the
 * names of discounts, which not every picture of an invoice brings along.
 */
export function freezeStatement(
  stated: StatedParties,
  now: { seller: Seller; purchaseOrder: string | null },
  known: { statement: InvoiceStatement | null; wasIssued: boolean },
): InvoiceStatement {
  const frozen = known.wasIssued ? known.statement : null;
  const { customer, purchaseOrder, taxes, discounts, taxLocation, finalizationError } = stated;
  return {
    seller: frozen?.seller ?? now.seller,
    customer,
    purchaseOrder: frozen ? frozen.purchaseOrder : (purchaseOrder ?? now.purchaseOrder),
    taxes,
    discounts: discounts.map((discount, index) => ({
      ...discount,
      name: discount.name ?? known.statement?.discounts[index]?.name ?? null,
    })),
    taxLocation,
    finalizationError,
  };
}

/** What is in the way of an invoice; null when nothing is. */
export function problemOf(status: InvoiceStatus, statement: InvoiceStatement | null): InvoiceProblem | null {
  if (statement === null) return null;
  if (status !== "draft") return statement.taxLocation === "given_up" && status !== "void" ? "untaxed" : null;
  if (statement.taxLocation === "missing") return "needs_address";
  return statement.finalizationError === null ? null : "not_issued";
}

/** A problem for people: what it is and what to do. Tenant and operator read the same. */
export function problemText(problem: InvoiceProblem): { title: string; text: string } {
  switch (problem) {
    case "needs_address":
      return {
        title: "This invoice waits for a billing address",
        text: "Its taxes depend on the place, and no address is known. It is issued by itself once the billing details have one.",
      };
    case "not_issued":
      return {
        title: "This invoice could not be issued",
        text: "Stripe refused to finalise it. An operator has to look at it there; nothing is collected until then.",
      };
    case "untaxed":
      return {
        title: "This invoice was issued without taxes",
        text: "When it was due, no billing address was known to calculate them by. With an address in the billing details, the next one is taxed again.",
      };
  }
}
