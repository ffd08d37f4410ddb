/**
 * The letters to tenants: plain words first, the same words in HTML beside them. Pure. Every value that people chose is
 * escaped; amounts and dates are written out so that the letter can be understood without opening anything.
 */
import type { DunningNotice } from "../dunning/model";
import { formatMoney } from "../kernel/money";
import type { MailKind } from "./model";

/** Subject and bodies of a mail. */
export interface Letter {
  kind: MailKind;
  subject: string;
  text: string;
  html: string;
}

/** The letter a notice becomes: what happened, what happens when, what to do, one link. */
export function dunningLetter(notice: DunningNotice): Letter {
  switch (notice.kind) {
    case "first_notice":
      return notice.failure.wantsPerson ? confirmationLetter(notice) : failedLetter(notice);
    case "reminder":
      return reminderLetter(notice);
    case "last_notice":
      return lastLetter(notice);
    case "lapsed":
      return notice.planEnded ? endedLetter(notice) : givenUpLetter(notice);
    case "recovered":
      return recoveredLetter(notice);
  }
}

function failedLetter(notice: DunningNotice): Letter {
  const { amount, invoice } = wordsOf(notice);
  return letter("payment_failed", notice, {
    subject: `Payment of ${amount} failed (${notice.invoiceNumber})`,
    sentences: [
      `The payment of ${amount} for ${invoice} failed.`,
      notice.failure.advice,
      `${whatHappens(notice)} ${nextTry(notice)}`,
      "Pay it here, with this card or another one. You need no account for that:",
    ],
    action: "Fix the payment",
  });
}

/** Nothing is wrong with the card: the bank only wants to see its holder. */
function confirmationLetter(notice: DunningNotice): Letter {
  const { amount, invoice } = wordsOf(notice);
  return letter("authentication_required", notice, {
    subject: `Your bank asks you to confirm ${amount} (${notice.invoiceNumber})`,
    sentences: [
      `Your bank wants you to confirm the payment of ${amount} for ${invoice}.`,
      "Nothing was charged yet.",
      whatHappens(notice),
      "Confirm the payment here. You need no account for that:",
    ],
    action: "Confirm the payment",
  });
}

function reminderLetter(notice: DunningNotice): Letter {
  const { amount, invoice } = wordsOf(notice);
  return letter("payment_reminder", notice, {
    subject: `Reminder: ${amount} is still to be paid (${notice.invoiceNumber})`,
    sentences: [
      `${amount} for ${invoice} is still to be paid.`,
      notice.failure.wantsPerson ? "Your bank wants you to confirm the payment." : notice.failure.advice,
      `${whatHappens(notice)} ${nextTry(notice)}`,
      "Pay it here. You need no account for that:",
    ],
    action: "Fix the payment",
  });
}

function lastLetter(notice: DunningNotice): Letter {
  const { amount, invoice, plan } = wordsOf(notice);
  const subject = notice.endsPlan
    ? `Last notice: ${plan} ends on ${dayOf(notice.graceEndsAt, notice)} (${notice.invoiceNumber})`
    : `Last notice: ${amount} is still to be paid (${notice.invoiceNumber})`;
  return letter("payment_last_notice", notice, {
    subject,
    sentences: [
      `${amount} for ${invoice} is still to be paid. This is the last letter before the time for it is over.`,
      notice.failure.wantsPerson ? "Your bank wants you to confirm the payment." : notice.failure.advice,
      whatHappens(notice),
      "Once it is paid, everything goes on as before. Pay it here; you need no account for that:",
    ],
    action: "Fix the payment",
  });
}

function endedLetter(notice: DunningNotice): Letter {
  const { amount, invoice, plan } = wordsOf(notice);
  return letter("plan_ended", notice, {
    subject: `${capital(plan)} has ended (${notice.invoiceNumber} was not paid)`,
    sentences: [
      `${amount} for ${invoice} was not paid, and ${plan} has ended. You are on the ${notice.freePlanName} plan now.`,
      "Your data and settings are still there.",
      "The invoice can still be paid, and then the plan can be started again:",
    ],
    action: "Pay the invoice",
  });
}

function givenUpLetter(notice: DunningNotice): Letter {
  const { amount, invoice } = wordsOf(notice);
  return letter("payment_given_up", notice, {
    subject: `${amount} was not paid (${notice.invoiceNumber})`,
    sentences: [
      `${amount} for ${invoice} was not paid. We will not write about it again.`,
      "The invoice stays open and can be paid here:",
    ],
    action: "Pay the invoice",
  });
}

function recoveredLetter(notice: DunningNotice): Letter {
  const { amount, invoice, plan } = wordsOf(notice);
  const goesOn = `Thank you. ${capital(plan)} goes on as before.`;
  const ended = `Thank you. ${capital(plan)} had ended before; you can start it again whenever you like.`;
  return letter("payment_recovered", notice, {
    subject: `Paid: ${amount} (${notice.invoiceNumber})`,
    sentences: [
      `${amount} for ${invoice} is paid.`,
      notice.endsPlan ? (notice.planEnded ? ended : goesOn) : "Thank you.",
      "The invoice and its receipt:",
    ],
    action: "Look at it",
  });
}

function wordsOf(notice: DunningNotice) {
  const { amountDueMinor: amountMinor, currency, invoiceNumber, tenant, planName } = notice;
  return {
    amount: formatMoney({ amountMinor, currency }),
    invoice: `invoice ${invoiceNumber} of ${tenant.name}`,
    plan: planName === null ? "your plan" : `your plan ${planName}`,
  };
}

/** What becomes of the plan, and when. */
function whatHappens(notice: DunningNotice): string {
  const day = dayOf(notice.graceEndsAt, notice);
  if (!notice.endsPlan) return `Your plan is not affected. Please pay by ${day}.`;
  const { plan } = wordsOf(notice);
  return `${capital(plan)} stays as it is until ${day}. If nothing is paid by then, it becomes the ${notice.freePlanName} plan.`;
}

function nextTry(notice: DunningNotice): string {
  const { nextAttemptAt } = notice;
  if (nextAttemptAt === null) return "We will not try again by ourselves.";
  return `We will try again on ${dayOf(nextAttemptAt, notice)}.`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function letter(
  kind: MailKind,
  { link }: DunningNotice,
  said: { subject: string; sentences: Array<string | null>; action: string },
): Letter {
  const sentences = said.sentences.filter((sentence): sentence is string => sentence !== null);
  const paragraphs = sentences.map((sentence) => `<p style="margin:0 0 16px">${escapeText(sentence)}</p>`).join("\n");
  return {
    kind,
    subject: said.subject,
    text: [...sentences, link].join("\n\n"),
    html: `<!doctype html><html lang="en"><body style="margin:0;padding:32px 16px;background:#faf8f4;color:#1d1b18;font:16px/24px Helvetica,Arial,sans-serif">
<div style="max-width:480px;margin:0 auto">
${paragraphs}
<p style="margin:24px 0"><a href="${escapeText(link)}" style="background:#1d6b4a;color:#ffffff;padding:10px 16px;border-radius:4px;text-decoration:none">${escapeText(said.action)}</a></p>
</div></body></html>`,
  };
}

function dayOf(at: Date, { tenant }: DunningNotice): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: tenant.timeZone }).format(at);
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
