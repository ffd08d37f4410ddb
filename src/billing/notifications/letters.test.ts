import { describe, expect, it } from "vitest";
import type { DunningNotice } from "../dunning/model";
import { dunningLetter } from "./letters";

const notice: DunningNotice = {
  kind: "first_notice",
  key: "dunning:dun_1:first_notice",
  tenant: {
    id: "ten_1",
    slug: "lapsed",
    name: 'Lapsed <Light> & "Sons"',
    billingEmail: "billing@lapsed.example",
    timeZone: "Europe/Berlin",
    stripeCustomerId: "cus_1",
    stripeTestClockId: null,
    createdAt: new Date("2026-01-01T00:00:00Z"),
  },
  invoiceNumber: "INV-2026-03-lapsed",
  amountDueMinor: 34_992n,
  currency: "usd",
  planName: "Professional",
  endsPlan: true,
  planEnded: false,
  freePlanName: "Free",
  graceEndsAt: new Date("2026-03-15T23:30:00Z"),
  nextAttemptAt: new Date("2026-03-04T23:30:00Z"),
  failure: { advice: "Use another card or ask your bank.", wantsPerson: false, isUnderWay: false },
  link: "https://billing.example.com/fix-payment?link=a.b&x=2",
};

const text = (changes: Partial<DunningNotice>) => dunningLetter({ ...notice, ...changes }).text;

describe("the letter about a failed payment", () => {
  it("tells amount, invoice, advice, the next try and the end of the grace in the tenant's zone", () => {
    const letter = dunningLetter(notice);
    expect(letter.subject).toBe("Payment of $349.92 failed (INV-2026-03-lapsed)");
    expect(letter.text).toContain("Use another card or ask your bank.");
    expect(letter.text).toContain("We will try again on 5 March 2026.");
    expect(letter.text).toContain("Your plan Professional stays as it is until 16 March 2026.");
    expect(letter.text).toContain("it becomes the Free plan");
    expect(letter.text).toContain(notice.link);
  });

  it("says so when nobody will try again", () => {
    expect(text({ nextAttemptAt: null })).toContain("not try again by ourselves");
  });

  it("threatens no plan that is not at stake", () => {
    const letter = text({ endsPlan: false });
    expect(letter).toContain("Your plan is not affected.");
    expect(letter).not.toContain("becomes");
  });

  it("asks for a confirmation where nothing is wrong with the card", () => {
    const letter = dunningLetter({ ...notice, failure: { ...notice.failure, wantsPerson: true } });
    expect(letter).toMatchObject({ kind: "authentication_required" });
    expect(letter.text).toContain("Nothing was charged yet");
    expect(letter.text).not.toContain("Use another card");
  });

  it("lets no markup of a name through", () => {
    const { html } = dunningLetter(notice);
    expect(html).not.toContain("<Light>");
    expect(html).toContain("link=a.b&#38;x=2");
  });
});

describe("the letters after it", () => {
  it.each([
    ["reminder", {}, "payment_reminder", "Reminder: $349.92 is still to be paid (INV-2026-03-lapsed)"],
    [
      "last_notice",
      {},
      "payment_last_notice",
      "Last notice: your plan Professional ends on 16 March 2026 (INV-2026-03-lapsed)",
    ],
    [
      "last_notice",
      { endsPlan: false },
      "payment_last_notice",
      "Last notice: $349.92 is still to be paid (INV-2026-03-lapsed)",
    ],
    ["lapsed", { planEnded: true }, "plan_ended", "Your plan Professional has ended (INV-2026-03-lapsed was not paid)"],
    ["lapsed", {}, "payment_given_up", "$349.92 was not paid (INV-2026-03-lapsed)"],
    ["recovered", {}, "payment_recovered", "Paid: $349.92 (INV-2026-03-lapsed)"],
  ] as const)("%s %o is %s", (kind, changes, mail, subject) => {
    expect(dunningLetter({ ...notice, ...changes, kind })).toMatchObject({ kind: mail, subject });
  });

  it("say what was restored, and what was not", () => {
    expect(text({ kind: "recovered" })).toContain("goes on as before");
    expect(text({ kind: "recovered", planEnded: true })).toContain("start it again");
    expect(text({ kind: "lapsed", planEnded: true })).toContain("You are on the Free plan now.");
  });

  it("write amounts as their currency has them", () => {
    expect(text({ kind: "reminder", currency: "jpy", amountDueMinor: 1_200n })).toContain("¥1,200 for invoice");
    expect(text({ kind: "reminder", currency: "kwd", amountDueMinor: 1_234n })).toMatch(/KWD\s1\.234 for invoice/);
  });
});
