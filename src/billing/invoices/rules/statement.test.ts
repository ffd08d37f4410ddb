import { describe, expect, it } from "vitest";
import type { InvoiceStatement } from "../model-statement";
import { freezeStatement, problemOf, problemText } from "./statement";

const seller = { name: "Seller Inc.", address: ["1 Main St"], taxId: null };
const stated: Omit<InvoiceStatement, "seller"> = {
  customer: { name: "N", email: null, phone: null, address: null, taxExempt: "none", taxIds: [] },
  ...{ purchaseOrder: null, taxes: [], discounts: [], taxLocation: null, finalizationError: null },
};
const nobody = { statement: null, wasIssued: false };

describe("what an invoice says of its parties", () => {
  it("follows the settings until it is issued, and then no more", () => {
    const draft = freezeStatement(stated, { seller, purchaseOrder: "PO-1" }, nobody);
    expect(draft).toMatchObject({ seller, purchaseOrder: "PO-1" });
    const renamed = { seller: { ...seller, name: "Renamed Inc." }, purchaseOrder: "PO-2" };
    const issued = freezeStatement(stated, renamed, { statement: draft, wasIssued: false });
    expect(issued).toMatchObject({ seller: { name: "Renamed Inc." }, purchaseOrder: "PO-2" });
    const later = freezeStatement(stated, { seller, purchaseOrder: null }, { statement: issued, wasIssued: true });
    expect(later).toMatchObject({ seller: { name: "Renamed Inc." }, purchaseOrder: "PO-2" });
  });

  it("prefers the reference that stands at Stripe", () => {
    const at = freezeStatement({ ...stated, purchaseOrder: "PO-9" }, { seller, purchaseOrder: "PO-1" }, nobody);
    expect(at.purchaseOrder).toBe("PO-9");
  });

  it("keeps the names of discounts that a later picture does not bring", () => {
    const named = freezeStatement(
      { ...stated, discounts: [{ name: "Launch", amountMinor: 5n }] },
      { seller, purchaseOrder: null },
      nobody,
    );
    const again = freezeStatement(
      { ...stated, discounts: [{ name: null, amountMinor: 5n }] },
      { seller, purchaseOrder: null },
      { statement: named, wasIssued: true },
    );
    expect(again.discounts).toEqual([{ name: "Launch", amountMinor: 5n }]);
  });
});

describe("what is in the way of it", () => {
  const statement = { ...stated, seller };
  it.each([
    ["draft", {}, null],
    ["draft", { taxLocation: "missing" }, "needs_address"],
    ["draft", { taxLocation: "missing", finalizationError: "customer_tax_location_invalid" }, "needs_address"],
    ["draft", { taxLocation: "known", finalizationError: "api_error" }, "not_issued"],
    ["paid", { taxLocation: "given_up" }, "untaxed"],
    ["void", { taxLocation: "given_up" }, null],
    ["paid", { taxLocation: "known", finalizationError: "api_error" }, null],
  ] as const)("%s with %o: %s", (status, more, problem) => {
    expect(problemOf(status, { ...statement, ...more })).toBe(problem);
    if (problem !== null) expect(problemText(problem).text.length).toBeGreaterThan(40);
  });

  it("knows of none for an invoice from before statements were kept", () => {
    expect(problemOf("draft", null)).toBeNull();
  });
});
