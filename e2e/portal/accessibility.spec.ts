/** Every page a visitor or a tenant can open is usable by everybody. */
import { expectNoObstacles, expectPageWithoutObstacles } from "../accessibility";
import { cardFields } from "../cards";
import { expect, test } from "../fixtures";

test.describe.configure({ timeout: 180_000 });

test("The pages for visitors have no obstacles", async ({ page }) => {
  for (const path of ["/pricing?interval=year", "/sign-up", "/sign-in", "/sign-in/sent", "/no-such-page"]) {
    await expectPageWithoutObstacles(page, path);
  }
});

test("The pages of a paying tenant have no obstacles", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Plain Reading", { key: "professional" });
  for (const [usage_type, quantity] of [
    ["quantum_job", 145],
    ["storage", 42],
    ["api_call", 1247],
  ] as const) {
    await rest.post(`/usage/${slug}`, { usage_type, quantity });
  }
  const [invoice] = (await rest.get<Array<{ invoice_number: string }>>(`/invoices/${slug}`)).body;
  const pages = ["", "/plan", "/usage", "/invoices", `/invoices/${invoice?.invoice_number}`, "/payment-methods"];
  for (const path of [...pages, "/settings", "/history"]) await expectPageWithoutObstacles(page, `/t/${slug}${path}`);
  await expectPageWithoutObstacles(page, "/dev/mailbox");
  await expectPageWithoutObstacles(page, "/welcome");
});

test("The dialogs of a tenant have no obstacles", async ({ page, people }) => {
  const { slug } = await people.found(page, "Clear Speech", { key: "professional" });
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Upgrade to Research" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: /^Pay / })).toBeVisible();
  await expectNoObstacles(page, "the dialog for a change of plan");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Cancel the plan" }).click();
  await expectNoObstacles(page, "the dialog for leaving a plan");
  await page.goto(`/t/${slug}/api-keys`);
  await page.getByRole("button", { name: "Create a key" }).click();
  await expectNoObstacles(page, "the dialog for a key");
});

test("The pages with Stripe's fields have no obstacles", async ({ page, people }) => {
  const { slug } = await people.found(page, "Even Ground");
  for (const path of ["/checkout?plan=research&interval=year", "/payment-methods/add"]) {
    await page.goto(`/t/${slug}${path}`);
    await expect(cardFields(page).getByLabel("Card number")).toBeVisible();
    await expectNoObstacles(page, path);
  }
  await expectPageWithoutObstacles(page, `/t/${slug}`);
});
