/** Taxes by place: the address is asked for first, a wrong VAT id is named, and a right one turns the tax around. */
import { expectNoObstacles } from "../accessibility";
import { fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import { TAX_BY_PLACE } from "../own-settings";
import type { InvoiceRow } from "../statements";

test.use({ settings: TAX_BY_PLACE });

const REVERSED = "Reverse charge: the recipient of the service is liable for the tax";

test("A VAT id that is wrong is refused; a right one makes the price and the invoice say reverse charge", async ({
  page,
  people,
  rest,
}) => {
  const { slug } = await people.found(page, "Nordlicht");
  await page.goto(`/t/${slug}/checkout?plan=professional`);
  await page.getByLabel("Legal name").fill("Nordlicht GmbH");
  await page.getByLabel("Country").selectOption("DE");
  await page.getByLabel("Street and number").fill("Hauptstraße 1");
  await page.getByLabel("Postal code").fill("10115");
  await page.getByLabel("City").fill("Berlin");
  await page.getByRole("button", { name: "Add a tax id" }).click();
  const vatId = page.getByLabel("Tax id 1", { exact: true });
  await vatId.fill("DE136695977");
  await page.getByRole("button", { name: "Save and see the price" }).click();
  await expect(vatId).toBeFocused();
  await expect(vatId).toHaveAccessibleDescription(/do not add up/);
  await expectNoObstacles(page, "the checkout that asks for an address");
  await page.setViewportSize({ width: 1280, height: 900 });

  // Without an id it is an ordinary buyer, who pays the tax of its place.
  await page.getByRole("button", { name: "Remove tax id 1" }).click();
  await page.getByRole("button", { name: "Save and see the price" }).click();
  await expect(page.getByRole("button", { name: "Pay $355.81 and subscribe" })).toBeVisible();
  await expect(page.getByRole("region", { name: "What you pay" })).toContainText("VAT Germany, 19%");

  await page.getByRole("link", { name: "Change the billing details" }).click();
  await page.getByRole("button", { name: "Add a tax id" }).click();
  await page.getByLabel("Tax id 1", { exact: true }).fill("DE 136 695 976");
  await page.getByRole("button", { name: "Save billing details" }).click();
  await expect(page.getByText("Billing details saved")).toBeVisible();
  await expect(page.getByLabel("Tax id 1", { exact: true })).toHaveValue("DE136695976");

  await page.goto(`/t/${slug}/checkout?plan=professional`);
  const pay = page.getByRole("button", { name: "Pay $299.00 and subscribe" });
  await expect(pay).toBeVisible();
  const statement = page.getByRole("region", { name: "What you pay" });
  await expect(statement).toContainText("VAT Germany, reverse charge");
  await expect(statement).toContainText(REVERSED);
  await fillCard(page, PAYS);
  await expectNoObstacles(page, "the checkout with reverse charge");
  await page.setViewportSize({ width: 1280, height: 900 });
  await pay.click();
  await expect(page.getByRole("heading", { name: "Professional is active" })).toBeVisible();

  const invoices = async () => (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body;
  await expect.poll(invoices).toMatchObject([{ total: 299, status: "paid" }]);
  await page.goto(`/t/${slug}/invoices/${(await invoices())[0]?.invoice_number}`);
  await expect(page.getByRole("main")).toContainText(REVERSED);
  await expect(page.getByRole("region", { name: "Parties" })).toContainText("VAT id DE136695976");
  await expectNoObstacles(page, "an invoice with reverse charge");
});
