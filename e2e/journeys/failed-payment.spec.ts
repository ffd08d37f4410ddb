/** A renewal that the bank refuses: the tenant is told, the operator sees it, another card puts it right. */
import { FAILS_LATER, fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import type { InvoiceRow } from "../statements";

test("A failed renewal is shown to both sides and paid with another card", async ({
  page,
  browser,
  people,
  clock,
  rest,
}) => {
  test.setTimeout(150_000);
  const { slug, name } = await people.found(page, "Late Harvest", { key: "professional" });
  const addCard = async (number: string) => {
    await page.goto(`/t/${slug}/payment-methods/add`);
    await fillCard(page, number);
    await page.getByRole("button", { name: "Save card" }).click();
    await expect(page).toHaveURL(/\/payment-methods$/);
  };
  await addCard(FAILS_LATER);
  await clock.advance("1 month");
  await clock.advance("2h");

  const newest = async () => (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body[0];
  const number = (await newest())?.invoice_number ?? "";
  expect(await newest()).toMatchObject({ status: "failed", total: 322.92 });
  const office = await browser.newPage();
  await people.operator(office);
  const failed = office.getByRole("table", { name: /payment attempt failed/ }).getByRole("row");
  await expect(failed.filter({ hasText: name })).toContainText(number);
  await expect(failed.filter({ hasText: name })).toContainText("$322.92");

  await page.goto(`/t/${slug}`);
  await expect(page.getByText("A payment failed.")).toBeVisible();
  await addCard(PAYS);
  await page.getByRole("link", { name: "Fix the payment" }).click();
  await page.getByRole("button", { name: "Pay $322.92" }).click();
  await expect(page.getByRole("main")).toContainText("StatusPaid");
  await expect.poll(newest).toMatchObject({ status: "paid" });
  await page.reload();
  await expect(page.getByText("A payment failed.")).toHaveCount(0);
  await office.reload();
  await expect(office.getByRole("region", { name: "Failed payments" })).not.toContainText(name);
  await office.context().close();
});
