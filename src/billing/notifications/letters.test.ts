import { describe, expect, it } from "vitest";
import { authenticationRequiredLetter, paymentFailedLetter, type UnpaidInvoice } from "./letters";

const invoice: UnpaidInvoice = {
  tenantName: 'Lapsed <Light> & "Sons"',
  invoiceNumber: "INV-2026-03-lapsed",
  amountDueMinor: 34_992n,
  currency: "usd",
  advice: "Use another card or ask your bank.",
  nextAttemptAt: new Date("2026-03-04T23:30:00Z"),
  timeZone: "Europe/Berlin",
  link: "https://billing.example.com/t/lapsed/payment-methods?a=1&b=2",
};

describe("the letter about a failed payment", () => {
  it("tells amount, invoice, advice and the day of the next attempt in the tenant's zone", () => {
    const { subject, text } = paymentFailedLetter(invoice);
    expect(subject).toBe("Payment of $349.92 failed (INV-2026-03-lapsed)");
    expect(text).toContain("Use another card or ask your bank.");
    expect(text).toContain("We will try again on 5 March 2026.");
    expect(text).toContain(invoice.link);
  });

  it("says so when nobody will try again", () => {
    expect(paymentFailedLetter({ ...invoice, nextAttemptAt: null }).text).toContain("not try again by ourselves");
  });

  it("lets no markup of a name through", () => {
    const { html } = paymentFailedLetter(invoice);
    expect(html).not.toContain("<Light>");
    expect(html).toContain("a=1&#38;b=2");
  });
});

it("the letter about a confirmation says that nothing was charged", () => {
  expect(authenticationRequiredLetter(invoice).text).toContain("Nothing was charged yet");
});
