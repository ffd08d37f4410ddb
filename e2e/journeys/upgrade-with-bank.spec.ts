/** An upgrade in the middle of a period whose bank asks: declined at the bank, confirmed, and found again after a reload. */
import type { Page } from "@playwright/test";
import { expectNoObstacles } from "../accessibility";
import { ASKS_ALWAYS, answerBank, fillCard } from "../cards";
import { expect, test } from "../fixtures";
import { applyCode, makeCode } from "../promotions";
import type { Rest } from "../rest";
import type { InvoiceRow } from "../statements";

const BANK = "3D Secure 2 Test Page";

test("An upgrade waits for the bank: refused it changes nothing, confirmed it charges what was said", async ({
  page,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Careful Bank", { key: "professional" });
  await addAskingCard(page, slug);
  await clock.advance("10d");
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Upgrade to Enterprise" }).click();
  const dialog = page.getByRole("dialog", { name: "Upgrade to Enterprise" });
  const confirm = dialog.getByRole("button", { name: /^Pay \$[\d.]+ and upgrade$/ });
  await confirm.click();
  await answerBank(page, "Fail");
  await expect(dialog.getByRole("alert")).toContainText("The plan was not changed");
  await expect(dialog.getByRole("alert")).toContainText("not confirmed with your bank, so nothing was charged");
  expect(await subscription(rest, slug)).toMatchObject({ plan: "professional", status: "active" });
  await expectNoObstacles(page, "the dialog after the bank refused");

  await expect(confirm).toBeEnabled();
  const announced = Number(/\$([\d.]+)/.exec((await confirm.textContent()) ?? "")?.[1]);
  await confirm.click();
  await answerBank(page, "Complete");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Enterprise is your plan" })).toBeVisible();
  expect(await subscription(rest, slug)).toMatchObject({ plan: "enterprise", status: "active" });
  expect(await paid(rest, slug)).toEqual([announced, 322.92]);
});

test("A reload in the middle of the bank's question finds the same payment again", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Impatient Hands", { key: "professional" });
  await addAskingCard(page, slug);
  const waiting = page.getByRole("region", { name: "A change of your plan waits for your bank" });
  await test.step("leaves it and keeps the plan", async () => {
    await startUpgrade(page, slug);
    await page.reload();
    await expect(waiting).toContainText("Your plan stays Professional and nothing is charged");
    await expectNoObstacles(page, "the plan with a payment that waits");
    await waiting.getByRole("button", { name: "Leave it and keep Professional" }).click();
    await expect(waiting).toHaveCount(0);
    expect(await subscription(rest, slug)).toMatchObject({ plan: "professional" });
    expect(await paid(rest, slug)).toEqual([322.92]);
  });
  await test.step("finishes it", async () => {
    const announced = await startUpgrade(page, slug);
    await page.reload();
    await waiting.getByRole("button", { name: "Finish the payment" }).click();
    await answerBank(page, "Complete");
    await expect(page.getByRole("button", { name: "Enterprise is your plan" })).toBeVisible();
    await expect(waiting).toHaveCount(0);
    expect(await subscription(rest, slug)).toMatchObject({ plan: "enterprise", status: "active" });
    expect(await paid(rest, slug)).toEqual([announced, 322.92]);
  });
});

test("A code waits for the bank with the upgrade, and is had once the payment is confirmed", async ({
  page,
  browser,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Thrifty Bank", { key: "professional" });
  await addAskingCard(page, slug);
  const theirs = await (await browser.newContext()).newPage();
  await people.operator(theirs);
  await makeCode(theirs, { code: "BANK-25", name: "Bank", percent: "25", duration: "forever" });
  await clock.advance("10d");
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Upgrade to Enterprise" }).click();
  const dialog = page.getByRole("dialog", { name: "Upgrade to Enterprise" });
  await applyCode(dialog, "bank-25", "Bank: 25% off");
  const confirm = dialog.getByRole("button", { name: /^Pay \$[\d.]+ and upgrade$/ });
  await expect(confirm).toBeEnabled();
  const announced = Number(/\$([\d.]+)/.exec((await confirm.textContent()) ?? "")?.[1]);
  await confirm.click();
  await expect(page.getByRole("dialog", { name: BANK })).toBeVisible();
  await page.reload();
  const waiting = page.getByRole("region", { name: "A change of your plan waits for your bank" });
  await waiting.getByRole("button", { name: "Finish the payment" }).click();
  await answerBank(page, "Complete");
  await expect(page.getByRole("button", { name: "Enterprise is your plan" })).toBeVisible();
  expect(await paid(rest, slug)).toEqual([announced, 322.92]);
  await theirs.goto(`/admin/tenants/${slug}`);
  await expect(theirs.getByRole("region", { name: "Discounts" })).toContainText("Bank: 25% off");
});

/** Presses the button and stops where the bank asks; returns the amount it was about. */
async function startUpgrade(page: Page, slug: string): Promise<number> {
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Upgrade to Enterprise" }).click();
  const confirm = page.getByRole("dialog").getByRole("button", { name: /^Pay \$[\d.]+ and upgrade$/ });
  const announced = Number(/\$([\d.]+)/.exec((await confirm.textContent()) ?? "")?.[1]);
  await confirm.click();
  await expect(page.getByRole("dialog", { name: BANK })).toBeVisible();
  return announced;
}

async function addAskingCard(page: Page, slug: string): Promise<void> {
  await page.goto(`/t/${slug}/payment-methods/add`);
  await fillCard(page, ASKS_ALWAYS);
  await page.getByRole("button", { name: "Save card" }).click();
  await answerBank(page, "Complete");
  await expect(page).toHaveURL(/\/payment-methods$/);
}

async function subscription(rest: Rest, slug: string) {
  return (await rest.get(`/subscriptions/${slug}`)).body;
}

async function paid(rest: Rest, slug: string): Promise<number[]> {
  const invoices = (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body;
  return invoices.filter(({ status }) => status === "paid").map(({ total }) => total);
}
