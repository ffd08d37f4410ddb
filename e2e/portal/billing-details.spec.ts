/** Who is billed: a VAT id that is wrong, then right, and the invoice that says so. */
import { expectNoObstacles } from "../accessibility";
import { expect, test } from "../fixtures";

test("Billing details keep what was typed, name what is wrong, and stand on the next invoice", async ({
  page,
  people,
  rest,
}) => {
  const { slug } = await people.found(page, "North Light", { key: "professional" });
  await page.goto(`/t/${slug}`);
  await page.getByRole("link", { name: "Billing details" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Billing details" })).toBeVisible();

  await page.getByLabel("Legal name").fill("North Light GmbH");
  await page.getByLabel("Purchase order or reference").fill("PO-4711");
  await page.getByLabel("Country").selectOption({ label: "Germany (Deutschland)" });
  await page.getByLabel("Street and number").fill("Hauptstraße 1");
  await page.getByLabel("Postal code").fill("1011");
  await page.getByLabel("City").fill("Berlin");
  await page.getByRole("button", { name: "Add a tax id" }).click();
  await page.getByLabel("Tax id 1", { exact: true }).fill("DE136695977");
  await page.getByRole("button", { name: "Save billing details" }).click();

  await expect(page.getByRole("alert").filter({ hasText: "Nothing was saved" })).toContainText("2 fields");
  const postalCode = page.getByLabel("Postal code");
  await expect(postalCode).toBeFocused();
  await expect(postalCode).toHaveValue("1011");
  await expect(postalCode).toHaveAccessibleDescription(/looks like 10115/);
  const vatId = page.getByLabel("Tax id 1", { exact: true });
  await expect(vatId).toHaveValue("DE136695977");
  await expect(vatId).toHaveAccessibleDescription(/do not add up.*DE136695976/);
  await expect(page.getByLabel("Legal name")).toHaveValue("North Light GmbH");
  await expectNoObstacles(page, "billing details with errors");

  await postalCode.fill("10115");
  await vatId.fill("de 136 695 976");
  await page.getByRole("button", { name: "Save billing details" }).click();
  await expect(page.getByText("Billing details saved")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Tax id 1", { exact: true })).toHaveValue("DE136695976");
  await expect(page.getByLabel("Country")).toHaveValue("DE");
  await expectNoObstacles(page, "saved billing details");

  // What was issued before stays as it was; what comes next names the new details.
  const [before] = (await rest.get<Array<{ invoice_number: string }>>(`/invoices/${slug}`)).body;
  await page.goto(`/t/${slug}/invoices/${before?.invoice_number}`);
  await expect(page.getByRole("region", { name: "Parties" })).not.toContainText("Hauptstraße");
  await rest.post(`/usage/${slug}`, { usage_type: "quantum_job", quantity: 145 });
  const bill = await rest.post<{ invoice_number: string }>(`/invoices/${slug}/generate`, {});
  await page.goto(`/t/${slug}/invoices/${bill.body.invoice_number}`);
  const parties = page.getByRole("region", { name: "Parties" });
  for (const line of ["North Light GmbH", "Hauptstraße 1", "10115 Berlin", "VAT id DE136695976", "PO-4711"]) {
    await expect(parties).toContainText(line);
  }
});
