/** Promotion codes as an operator makes them, for specs that are about using them. */
import { expect, type Locator, type Page } from "@playwright/test";

/** What the form is filled with; everything else stays as it stands there. */
export interface NewCode {
  code: string;
  name: string;
  percent: string;
  duration?: "once" | "forever";
  /** The names of the only plans it is for. */
  onlyPlans?: string[];
}

/** Makes a code on the operator's page. */
export async function makeCode(
  office: Page,
  { code, name, percent, duration, onlyPlans = [] }: NewCode,
): Promise<void> {
  await office.goto("/admin/promotions");
  await office.getByRole("button", { name: "New code" }).click();
  const dialog = office.getByRole("dialog", { name: "New promotion code" });
  await dialog.getByLabel("Code").fill(code);
  await dialog.getByLabel("Name on invoices").fill(name);
  await dialog.getByLabel("Percent").fill(percent);
  if (duration) await dialog.getByLabel("For", { exact: true }).selectOption(duration);
  for (const plan of onlyPlans) await dialog.getByRole("checkbox", { name: plan }).check();
  await dialog.getByLabel("Reason").fill("For a spec");
  await dialog.getByRole("button", { name: "Make the code" }).click();
  await expect(dialog).toHaveCount(0);
}

/** Types a code where a plan is bought or changed, and waits for the words it is worth. */
export async function applyCode(page: Page | Locator, code: string, worth: string): Promise<void> {
  await page.getByRole("button", { name: "Add a promotion code" }).click();
  await page.getByLabel("Promotion code").fill(code);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText(worth).first()).toBeVisible();
}
