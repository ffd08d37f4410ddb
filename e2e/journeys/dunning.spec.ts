/** A renewal that the bank refuses: the tenant is told, both sides see it, and the letter's link puts it right. */
import type { Page } from "@playwright/test";
import { expectNoObstacles } from "../accessibility";
import { ASKS, answerBank, FAILS_LATER, fillCard, IS_DECLINED } from "../cards";
import { expect, test } from "../fixtures";
import type { InvoiceRow } from "../statements";

/** Somebody who has only the letter opens its link: one card is declined, the bank of another one asks. */
async function payByLetter(visitor: Page, number: string, name: string): Promise<void> {
  await visitor.goto("/dev/mailbox");
  const letter = visitor.getByRole("article", { name: `Reminder: $322.92 is still to be paid (${number})` });
  await letter.getByRole("link").click();
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("Pay the overdue invoice");
  await expect(visitor.getByRole("main")).toContainText(`${number} of ${name}`);
  await fillCard(visitor, IS_DECLINED);
  await visitor.getByRole("button", { name: "Pay $322.92" }).click();
  await expect(visitor.getByRole("main").getByRole("alert")).toContainText("declined");
  await fillCard(visitor, ASKS);
  await visitor.getByRole("button", { name: "Pay $322.92" }).click();
  await answerBank(visitor, "Complete");
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("Paid. Thank you.");
  await expect(visitor.getByRole("main")).toContainText("everything goes on as before");
}

test("A failed renewal is recovered from the mail's link, without signing in", async ({
  page,
  browser,
  people,
  clock,
  rest,
}) => {
  const { slug, name } = await people.found(page, "Late Harvest", { key: "professional" });
  await page.goto(`/t/${slug}/payment-methods/add`);
  await fillCard(page, FAILS_LATER);
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(page).toHaveURL(/\/payment-methods$/);
  await clock.advance("1 month");
  await clock.advance("2h");
  const newest = async () => (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body[0];
  const number = (await newest())?.invoice_number ?? "";
  expect(await newest()).toMatchObject({ status: "failed", total: 322.92 });

  // The portal says what is due and until when the plan stays.
  await page.goto(`/t/${slug}`);
  const notices = page.getByRole("complementary", { name: "Notices" });
  await expect(notices).toContainText(`A payment failed. $322.92 of invoice ${number} is still to be paid`);
  await expect(notices).toContainText("Your plan stays Professional until");
  await expect(notices.getByRole("link", { name: "Fix the payment" })).toBeVisible();

  // A reminder comes by the clock, and the operator sees where it stands.
  await clock.advance("3d");
  const office = await browser.newPage();
  await people.operator(office);
  await office.getByRole("link", { name: "Unpaid invoices" }).click();
  const row = office.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("Reminded");
  await expect(row).toContainText("$322.92");
  await expectNoObstacles(office, "/admin/dunning");
  await office.setViewportSize({ width: 1280, height: 900 });
  await office.getByRole("row").filter({ hasText: name }).getByRole("link", { name: number }).click();
  await expect(office.getByRole("table", { name: /What happened/ })).toContainText("First letter");
  await office.getByRole("button", { name: "Try to collect now" }).click();
  await office.getByLabel("Reason").fill("The customer called");
  await office.getByRole("button", { name: "Charge $322.92" }).click();
  await expect(office.getByRole("dialog").getByRole("alert")).toContainText("The payment did not go through");
  await office.getByRole("dialog").getByRole("button", { name: "Close" }).first().click();
  await expect(office.getByRole("table", { name: /What happened/ })).toContainText("Tried on request");

  const visitor = await (await browser.newContext()).newPage();
  await payByLetter(visitor, number, name);

  // The link is used up, and everything is as it was.
  await visitor.reload();
  await expect(visitor.getByRole("heading", { level: 1 })).toHaveText("Paid. Thank you.");
  await expectNoObstacles(visitor, "/fix-payment");
  await expect.poll(newest).toMatchObject({ status: "paid" });
  await page.reload();
  await expect(page.getByText("A payment failed.")).toHaveCount(0);
  await expect
    .poll(async () => (await rest.get(`/subscriptions/${slug}`)).body)
    .toMatchObject({ plan: "professional", status: "active" });
  await office.reload();
  await expect(office.getByRole("main")).toContainText("Recovered");
  await visitor.goto("/dev/mailbox");
  await expect(visitor.getByRole("article", { name: `Paid: $322.92 (${number})` })).toBeVisible();
  await visitor.context().close();
  await office.context().close();
});

test("A link that was tampered with says so and tells nothing", async ({ page }) => {
  const answer = await page.goto("/fix-payment?link=dGVuX3ggaW5feCA0MTAyNDQ0ODAw.c2lnbmF0dXJl");
  expect(answer?.headers()["referrer-policy"]).toBe("no-referrer");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link does not work");
  await expectNoObstacles(page, "/fix-payment");
});
