/** A card that is declined in the middle of a change: another one is added, and the same change goes on. */
import { FAILS_LATER, fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import type { InvoiceRow } from "../statements";

test("A declined upgrade changes nothing and goes on with another card", async ({ page, people, clock, rest }) => {
  const { slug } = await people.found(page, "Empty Pockets", { key: "professional" });
  await page.goto(`/t/${slug}/payment-methods/add`);
  await fillCard(page, FAILS_LATER);
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(page).toHaveURL(/\/payment-methods$/);
  await clock.advance("5d");

  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("link", { name: /^Annual/ }).click();
  await expect(page).toHaveURL(/interval=year/);
  await page.getByRole("button", { name: "Upgrade to Research" }).click();
  const dialog = page.getByRole("dialog", { name: "Upgrade to Research" });
  const confirm = dialog.getByRole("button", { name: /^Pay \$[\d.,]+ and upgrade$/ });
  await expect(dialog).toContainText("Charged to Visa •••• 0341");
  await confirm.click();
  const problem = dialog.getByRole("alert");
  await expect(problem).toContainText("The plan was not changed");
  expect((await rest.get(`/subscriptions/${slug}`)).body).toMatchObject({ plan: "professional", status: "active" });

  await problem.getByRole("link", { name: "Use another card" }).click();
  await expect(page.getByRole("link", { name: "Back to the plan" })).toBeVisible();
  await fillCard(page, PAYS);
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(dialog).toContainText("Charged to Visa •••• 4242");
  await expect(dialog.getByRole("radio", { name: "Annual" })).toBeChecked();
  const announced = Number(/\$([\d.,]+)/.exec((await confirm.textContent()) ?? "")?.[1]?.replace(",", ""));
  await confirm.click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Research is your plan" })).toBeVisible();
  expect((await rest.get(`/subscriptions/${slug}`)).body).toMatchObject({ plan: "research", status: "active" });
  const newest = async () => (await rest.get<InvoiceRow[]>(`/invoices/${slug}?limit=1`)).body[0];
  await expect.poll(newest).toMatchObject({ total: announced, status: "paid" });

  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Plan" })).toBeVisible();
  await expect(dialog).toHaveCount(0);
});
