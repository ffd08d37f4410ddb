/** Cards and bank accounts on file: another one, which is charged, the one that must stay, and one that is verified. */
import { cardFields, fillCard } from "../cards";
import { expect, test } from "../fixtures";

const MASTERCARD = "5555555555554444";

test("A card is added, made the default, and the last one stays", async ({ page, people }) => {
  const { slug } = await people.found(page, "Two Wallets", { key: "professional" });
  await page.goto(`/t/${slug}/payment-methods`);
  const card = (name: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: name });
  await expect(card("Visa •••• 4242")).toContainText("Default");

  await page.getByRole("link", { name: "Add a payment method" }).click();
  await fillCard(page, MASTERCARD);
  await page.getByLabel("Use it for the next invoices").uncheck();
  await page.getByRole("button", { name: "Save card" }).click();
  await expect(card("Mastercard •••• 4444")).toContainText("expires 12/2034");
  await expect(card("Mastercard •••• 4444")).not.toContainText("Default");

  await page.getByRole("button", { name: "Make Mastercard •••• 4444 the default" }).click();
  await expect(page.getByRole("button", { name: "Make Visa •••• 4242 the default" })).toBeVisible();
  await expect(card("Mastercard •••• 4444")).toContainText("Default");

  await page.getByRole("button", { name: "Remove Visa •••• 4242" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove card" }).click();
  await expect(card("Visa •••• 4242")).toHaveCount(0);

  await page.getByRole("button", { name: "Remove Mastercard •••• 4444" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Remove card" }).click();
  await expect(dialog.getByRole("alert")).toContainText("The card was not removed");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await page.reload();
  await expect(card("Mastercard •••• 4444")).toContainText("Default");
});

test("A bank account waits for its deposit, is verified by the code, and can be charged", async ({ page, people }) => {
  const { slug } = await people.found(page, "By Debit");
  await page.goto(`/t/${slug}/payment-methods/add`);
  const fields = cardFields(page);
  await fields.getByRole("tab", { name: "US bank account" }).click();
  await fields.getByLabel("Full name").fill("Ada Lovelace");
  await fields.getByLabel("Email").fill("ada@example.com");
  await fields.getByLabel("Routing number").fill("110000000");
  await fields.getByLabel("Account number").fill("000123456789");
  await page.getByRole("button", { name: "Save bank account" }).click();

  await expect(page.getByRole("heading", { name: "Bank accounts to verify" })).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Verify STRIPE TEST BANK •••• 6789" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Code").fill("SM99ZZ");
  await dialog.getByRole("button", { name: "Verify account" }).click();
  await expect(dialog.getByRole("alert")).toContainText("not the code");
  await dialog.getByLabel("Code").fill("SM11AA");
  await dialog.getByRole("button", { name: "Verify account" }).click();
  const account = page.getByRole("main").getByRole("listitem").filter({ hasText: "STRIPE TEST BANK •••• 6789" });
  await expect(account).toContainText("Default");
  await expect(account).toContainText("US bank account");
});
