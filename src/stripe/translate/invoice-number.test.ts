import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberOfInvoice, numberParams, stripeNumber } from "./invoice-number";

describe("the number at Stripe", () => {
  it("is ours while it fits", () => {
    expect(stripeNumber("INV-2024-11-fourteen-chars")).toBe("INV-2024-11-fourteen-chars");
  });

  it("is cut and marked when it does not, and the whole one is read back", () => {
    const ours = "INV-2024-11-northwind-quantum-2";
    const { number, metadata } = numberParams(ours);
    expect(number).toMatch(/^INV-2024-11-northwin-[0-9a-z]{5}$/);
    expect(numberOfInvoice({ number, metadata })).toBe(ours);
  });

  it("is Stripe's where we gave none", () => {
    expect(numberOfInvoice({ number: "ABCD1234-0001", metadata: {} })).toBe("ABCD1234-0001");
  });

  it("never exceeds 26 characters, and tells a tenant's invoices apart", () => {
    const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{13,38}[a-z0-9]$/);
    const sequence = fc.integer({ min: 1, max: 500 });
    fc.assert(
      fc.property(slug, sequence, sequence, (name, one, other) => {
        fc.pre(one !== other);
        const [a, b] = [stripeNumber(`INV-2024-11-${name}-${one}`), stripeNumber(`INV-2024-11-${name}-${other}`)];
        expect(a.length).toBeLessThanOrEqual(26);
        expect(a).not.toBe(b);
      }),
      { numRuns: 4096 },
    );
  });
});
