/** Changing the plan to the cent that was announced, leaving it, and changing one's mind. */
import { expect, test } from "../fixtures";
import type { InvoiceRow } from "../statements";

test("An upgrade charges what its button said", async ({ page, people, clock, rest }) => {
  const { slug } = await people.found(page, "Growing Fast", { key: "professional" });
  await clock.advance("10d");
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Upgrade to Enterprise" }).click();
  const dialog = page.getByRole("dialog", { name: "Upgrade to Enterprise" });
  const confirm = dialog.getByRole("button", { name: /^Pay \$[\d.]+ and upgrade$/ });
  await expect(confirm).toBeEnabled();
  const announced = /\$([\d.]+)/.exec((await confirm.textContent()) ?? "")?.[1] ?? "";
  await expect(dialog).toContainText(`Due today$${announced}`);
  // Two thirds of the difference of 700.00 with 8 % tax, a little more or less with the length of the month.
  expect(Number(announced)).toBeGreaterThan(480);
  expect(Number(announced)).toBeLessThan(520);

  await confirm.click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Enterprise is your plan" })).toBeVisible();
  expect((await rest.get(`/subscriptions/${slug}`)).body).toMatchObject({ plan: "enterprise", status: "active" });
  const invoices = async () =>
    (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body.map(({ total, status }) => ({ total, status }));
  await expect.poll(invoices).toEqual([
    { total: Number(announced), status: "paid" },
    { total: 322.92, status: "paid" },
  ]);
  await page.goto(`/t/${slug}/history`);
  const change = page.getByRole("table", { name: /^Changes of the plan/ }).getByRole("row");
  await expect(change.filter({ hasText: "Professional → Enterprise" })).toContainText(`$${announced}`);
});

test("A plan is canceled at the period's end and resumed", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Wavering Lights", { key: "professional" });
  const subscription = async () => (await rest.get(`/subscriptions/${slug}`)).body;
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Cancel the plan" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel Professional" });
  await dialog.getByRole("button", { name: /^Cancel on \d/ }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(/^Your plan stays Professional until \d.*, then becomes Free\.$/)).toBeVisible();
  expect(await subscription()).toMatchObject({ plan: "professional", status: "active", cancel_at_period_end: true });

  await page.goto(`/t/${slug}`);
  await page.getByRole("button", { name: "Resume Professional" }).click();
  await expect(page.getByText(/^Your plan stays Professional/)).toHaveCount(0);
  expect(await subscription()).toMatchObject({ plan: "professional", status: "active", cancel_at_period_end: false });
});
