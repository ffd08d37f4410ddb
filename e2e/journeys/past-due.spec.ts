/** The portal of a tenant whose renewal failed: what it says everywhere, what it still lets one do, and its way out. */
import type { Page } from "@playwright/test";
import { expectNoObstacles } from "../accessibility";
import { FAILS_LATER, fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import type { InvoiceRow } from "../statements";

test("An overdue tenant is told on every page, keeps its plan, cannot change it, and pays from the invoice", async ({
  page,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Slow Payers", { key: "professional" });
  await addCard(page, slug, FAILS_LATER);
  await clock.advance("1 month");
  await clock.advance("2h");
  const newest = async () => (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body[0];
  const number = (await newest())?.invoice_number ?? "";

  const notices = page.getByRole("complementary", { name: "Notices" });
  for (const path of ["", "/plan", "/usage", "/invoices", "/payment-methods", "/settings", "/history"]) {
    await page.goto(`/t/${slug}${path}`);
    await expect(notices).toContainText(`A payment failed. $322.92 of invoice ${number} is still to be paid`);
    await expect(notices.getByRole("link", { name: "Fix the payment" })).toBeVisible();
  }
  await page.goto(`/t/${slug}`);
  await expect(page.getByRole("region", { name: "Plan" })).toContainText("Payment overdue");
  await expectNoObstacles(page, "the overview while a payment is overdue");
  await page.goto(`/t/${slug}/plan`);
  const upgrade = page.getByRole("button", { name: "Upgrade to Enterprise" });
  await expect(upgrade).toBeDisabled();
  await expect(upgrade).toHaveAccessibleDescription("First pay the invoice that is overdue.");
  await expectNoObstacles(page, "the plan while a payment is overdue");
  await page.setViewportSize({ width: 1280, height: 900 });

  // Paying now with the card that fails says so and leaves everything as it is.
  await page.goto(`/t/${slug}/invoices/${number}`);
  const pay = page.getByRole("button", { name: "Pay $322.92" });
  await pay.click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("The payment did not go through");
  await expectNoObstacles(page, "an invoice whose payment was declined");
  await page.setViewportSize({ width: 1280, height: 900 });
  expect(await newest()).toMatchObject({ status: "failed" });

  await page.getByRole("link", { name: "Use another card" }).click();
  await fillCard(page, PAYS);
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(page).toHaveURL(/\/payment-methods$/);
  await page.goto(`/t/${slug}/invoices/${number}`);
  await pay.click();
  await expect(page.getByRole("main")).toContainText("StatusPaid");
  await expect.poll(newest).toMatchObject({ status: "paid", total: 322.92 });
  await expect
    .poll(async () => (await rest.get(`/subscriptions/${slug}`)).body)
    .toMatchObject({ plan: "professional", status: "active" });
  await page.goto(`/t/${slug}/plan`);
  await expect(page.getByText("A payment failed.")).toHaveCount(0);
  await expect(upgrade).toBeEnabled();
  await page.goto(`/t/${slug}/history`);
  await expect(page.getByRole("table", { name: /^Changes of the plan/ })).toContainText("Payment caught up");
});

async function addCard(page: Page, slug: string, number: string): Promise<void> {
  await page.goto(`/t/${slug}/payment-methods/add`);
  await fillCard(page, number);
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(page).toHaveURL(/\/payment-methods$/);
}
