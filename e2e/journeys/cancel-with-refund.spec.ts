/** Leaving now: what the button says is given back is what is given back. */
import { expectNoObstacles } from "../accessibility";
import { expect, test } from "../fixtures";

test("A plan that ends now refunds the amount it showed", async ({ page, people, clock, rest }) => {
  const { slug } = await people.found(page, "Early Leaver", { key: "professional" });
  await clock.advance("10d");
  expect((await rest.post(`/usage/${slug}`, { usage_type: "quantum_job", quantity: 120 })).status).toBe(201);
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Cancel the plan" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel Professional" });
  await expect(dialog.getByRole("button", { name: /^Cancel on \d/ })).toBeEnabled();
  await dialog.getByRole("radio", { name: /^Now/ }).check();

  await dialog.getByRole("radio", { name: /^Keep it as credit/ }).check();
  await expect(dialog.getByRole("button", { name: /^Cancel now and keep \$[\d.]+ as credit$/ })).toBeEnabled();
  await dialog.getByRole("radio", { name: /^Leave it/ }).check();
  // Twenty jobs over the included hundred at 0.50, with 8 % tax.
  await expect(dialog.getByRole("button", { name: "Pay $10.80 and cancel now" })).toBeEnabled();
  await dialog.getByRole("radio", { name: /^Refund it/ }).check();
  const confirm = dialog.getByRole("button", { name: /^Cancel now and refund \$[\d.]+$/ });
  await expect(confirm).toBeEnabled();
  const announced = /\$([\d.]+)/.exec((await confirm.textContent()) ?? "")?.[1] ?? "";
  await expect(dialog).toContainText(`Refunded to the cards that paid$${announced}`);
  await expect(dialog).toContainText("120 of 10");
  // Two thirds of 299.00 less 10.00, with 8 % tax, a little more or less with the length of the month.
  expect(Number(announced)).toBeGreaterThan(195);
  expect(Number(announced)).toBeLessThan(212);
  await dialog.getByRole("radio", { name: "No longer needed" }).check();
  await expectNoObstacles(page, "the dialog for an end now");
  await confirm.click();

  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Free is your plan" })).toBeVisible();
  expect((await rest.get(`/subscriptions/${slug}`)).body).toMatchObject({ plan: "free" });
  await page.goto(`/t/${slug}/history`);
  const ended = page.getByRole("table", { name: /^Changes of the plan/ }).getByRole("row");
  await expect(ended.filter({ hasText: "Professional → Free" })).toContainText("No longer needed");
  const ledger = page.getByRole("table", { name: /^Payments and refunds/ }).getByRole("row");
  // Stripe's word about the refund may be a moment behind the end.
  await expect(async () => {
    await page.reload();
    await expect(ledger.filter({ hasText: "Refunded" })).toContainText(`−$${announced}`, { timeout: 5_000 });
  }).toPass();
});
