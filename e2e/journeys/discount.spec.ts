/** A discount without a code: the operator sees the next invoice, gives it for a reason, and takes it off again. */
import { expectNoObstacles } from "../accessibility";
import { expect, test } from "../fixtures";
import type { InvoiceRow } from "../statements";

test("An operator gives a tenant a discount, its next invoice has it, and it is taken off again", async ({
  page,
  browser,
  people,
  clock,
  rest,
}) => {
  const theirs = await (await browser.newContext()).newPage();
  const tenant = await people.found(theirs, "Waited Too Long", { key: "professional" });
  await people.operator(page);
  await page.goto(`/admin/tenants/${tenant.slug}`);
  const discounts = page.getByRole("region", { name: "Discounts" });
  await expect(discounts).toContainText("None.");

  await discounts.getByRole("button", { name: "Give a discount" }).click();
  const dialog = page.getByRole("dialog", { name: `Give a discount: ${tenant.name}` });
  await dialog.getByRole("button", { name: "Show the next invoice" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Say a name");
  await dialog.getByLabel("Name on invoices").fill("Sorry for the wait");
  await dialog.getByLabel("Percent").fill("20");
  await dialog.getByLabel("For", { exact: true }).selectOption("forever");
  await dialog.getByRole("button", { name: "Show the next invoice" }).click();
  // 299.00 less a fifth, and 8 %.
  await expect(dialog).toContainText("$258.34");
  await expect(dialog).toContainText("Sorry for the wait: 20% off.");
  const give = dialog.getByRole("button", { name: "Give the discount" });
  await give.click();
  await expect(dialog).toContainText("Say why: it is kept with the discount.");
  await dialog.getByLabel("Reason").fill("Two days without an answer");
  await expectNoObstacles(page, "the form of a discount");
  await give.click();
  await expect(dialog).toHaveCount(0);
  await expect(discounts).toContainText("Sorry for the wait: 20% off");
  const log = page.getByRole("table", { name: "Who did what, newest first" }).getByRole("row");
  const entry = log.filter({ hasText: "subscription.discount" }).first();
  await expect(entry).toContainText("Two days without an answer");
  await expect(entry).toContainText("olivia@quittance.example (operator)");

  await clock.advance("1 month");
  await clock.advance("2h");
  const newest = async () => (await rest.get<InvoiceRow[]>(`/invoices/${tenant.slug}?limit=1`)).body[0]?.total;
  await expect.poll(newest).toBe(258.34);

  await page.reload();
  await discounts.getByRole("button", { name: "Take off: Sorry for the wait" }).click();
  const off = page.getByRole("dialog", { name: "Take off: Sorry for the wait" });
  await expect(off).toContainText("$322.92");
  await off.getByLabel("Reason").fill("Agreed for one month");
  await off.getByRole("button", { name: "Take the discount off" }).click();
  await expect(off).toHaveCount(0);
  await expect(discounts).toContainText("None.");
});
