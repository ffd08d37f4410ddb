/**
 * The letters to tenants: plain words first, the same words in HTML beside them. Pure. Every value that people chose is
 * escaped; amounts and dates are written out so that the letter can be understood without opening anything.
 */
import { formatMoney } from "../kernel/money";

/** Subject and bodies of a mail. */
export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** What the letters about an unpaid invoice tell. */
export interface UnpaidInvoice {
  tenantName: string;
  invoiceNumber: string;
  amountDueMinor: bigint;
  currency: string;
  /** Advice made from the decline code; null when there is none. */
  advice: string | null;
  /** Null when Stripe will not try again by itself. */
  nextAttemptAt: Date | null;
  timeZone: string;
  /** Where the payment methods can be changed. */
  link: string;
}

/** A payment of an invoice failed. */
export function paymentFailedLetter(invoice: UnpaidInvoice): Letter {
  const amount = formatMoney({ amountMinor: invoice.amountDueMinor, currency: invoice.currency });
  const next = invoice.nextAttemptAt
    ? `We will try again on ${dayText(invoice.nextAttemptAt, invoice.timeZone)}.`
    : "We will not try again by ourselves.";
  return letter(
    `Payment of ${amount} failed (${invoice.invoiceNumber})`,
    [
      `The payment of ${amount} for invoice ${invoice.invoiceNumber} of ${invoice.tenantName} failed.`,
      invoice.advice,
      `Your plan stays as it is for now. ${next}`,
      "Check or replace the payment method here:",
    ],
    invoice.link,
    "Fix the payment",
  );
}

/** The customer's bank wants to see them before an invoice can be paid. */
export function authenticationRequiredLetter(invoice: UnpaidInvoice): Letter {
  const amount = formatMoney({ amountMinor: invoice.amountDueMinor, currency: invoice.currency });
  return letter(
    `Your bank asks you to confirm ${amount} (${invoice.invoiceNumber})`,
    [
      `Your bank wants you to confirm the payment of ${amount} for invoice ${invoice.invoiceNumber} of ${invoice.tenantName}.`,
      "Nothing was charged yet, and your plan stays as it is for now.",
      "Confirm the payment here:",
    ],
    invoice.link,
    "Confirm the payment",
  );
}

function letter(subject: string, sentences: Array<string | null>, link: string, action: string): Letter {
  const said = sentences.filter((sentence): sentence is string => sentence !== null);
  const paragraphs = said.map((sentence) => `<p style="margin:0 0 16px">${escapeText(sentence)}</p>`).join("\n");
  return {
    subject,
    text: [...said, link].join("\n\n"),
    html: `<!doctype html><html lang="en"><body style="margin:0;padding:32px 16px;background:#faf8f4;color:#1d1b18;font:16px/24px Helvetica,Arial,sans-serif">
<div style="max-width:480px;margin:0 auto">
${paragraphs}
<p style="margin:24px 0"><a href="${escapeText(link)}" style="background:#1d6b4a;color:#ffffff;padding:10px 16px;border-radius:4px;text-decoration:none">${escapeText(action)}</a></p>
</div></body></html>`,
  };
}

function dayText(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone }).format(at);
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
