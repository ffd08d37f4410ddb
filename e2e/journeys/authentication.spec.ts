/** A card whose bank asks its holder: confirmed, refused, and taken up again after a reload. */
import type { Page } from "@playwright/test";
import { ASKS, answerBank, fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import type { Rest } from "../rest";
import type { InvoiceRow } from "../statements";

const PAY = { name: "Pay $322.92 and subscribe" };

test("A card that asks its holder pays when the holder confirms", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Confirmed Optics");
  await page.goto(`/t/${slug}/checkout?plan=professional`);
  await fillCard(page, ASKS);
  await page.getByRole("button", PAY).click();
  await expect(page.getByRole("dialog", { name: "3D Secure 2 Test Page" })).toBeVisible();
  expect(await planOf(rest, slug)).toBe("free");
  await answerBank(page, "Complete");
  await expect(page.getByRole("heading", { name: "Professional is active" })).toBeVisible();
  expect(await planOf(rest, slug)).toBe("professional");
});

test("A refused confirmation charges nothing and is taken up again after a reload", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Second Thoughts");
  await page.goto(`/t/${slug}/checkout?plan=professional`);
  await fillCard(page, ASKS);
  await page.getByRole("button", PAY).click();
  await answerBank(page, "Fail");
  await expect(problemOf(page)).toContainText("The payment was not confirmed with your bank, so nothing was charged.");
  const card = page.frameLocator('iframe[title="Secure payment input frame"]').getByLabel("Card number");
  await expect(card).toHaveValue("4000 0025 0000 3155");

  await page.goto(`/t/${slug}`);
  await expect(page.getByText("Professional starts when its first payment is confirmed.")).toBeVisible();
  await page.getByRole("link", { name: "Finish the payment" }).click();
  await page.reload();
  await fillCard(page, PAYS);
  await page.getByRole("button", PAY).click();
  await expect(page.getByRole("heading", { name: "Professional is active" })).toBeVisible();

  const invoices = async () => {
    const { body } = await rest.get<InvoiceRow[]>(`/invoices/${slug}`);
    return body.map(({ status, total }) => ({ status, total }));
  };
  await expect.poll(invoices).toEqual([{ status: "paid", total: 322.92 }]);
  await page.goto(`/t/${slug}`);
  await expect(page.getByRole("link", { name: "Finish the payment" })).toHaveCount(0);
});

function problemOf(page: Page) {
  return page.getByRole("main").getByRole("alert");
}

async function planOf(rest: Rest, slug: string): Promise<unknown> {
  return (await rest.get(`/subscriptions/${slug}`)).body.plan;
}
