/** The operator's console: any wish on any tenant, priced before it is done, with a reason that stays in the log. */
import type { Browser, Locator, Page } from "@playwright/test";
import { expectNoObstacles } from "../accessibility";
import { expect, test } from "../fixtures";
import type { Organisation, People } from "../people";
import { applyCode } from "../promotions";
import type { InvoiceRow } from "../statements";

/** A tenant that somebody else is signed in to, in a browser of its own. */
async function tenantElsewhere(
  browser: Browser,
  people: People,
  name: string,
): Promise<{ tenant: Organisation; theirs: Page }> {
  const theirs = await (await browser.newContext()).newPage();
  return { tenant: await people.found(theirs, name, { key: "professional" }), theirs };
}

const auditRow = (page: Page, action: string): Locator =>
  page.getByRole("table", { name: "Who did what, newest first" }).getByRole("row").filter({ hasText: action });

const amountOf = async (button: Locator) => /\$([\d,.]+)/.exec((await button.textContent()) ?? "")?.[1] ?? "";

test("An operator finds a tenant, changes its plan for a reason, and the log keeps both", async ({
  page,
  browser,
  people,
  clock,
  rest,
}) => {
  const { tenant, theirs } = await tenantElsewhere(browser, people, "Asked By Phone");
  await clock.advance("10d");
  await people.operator(page);
  await page.goto("/admin/tenants");
  await page.getByLabel("Search").fill("asked by");
  await page.getByLabel("Plan", { exact: true }).selectOption("professional");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("link", { name: tenant.name }).click();
  await expect(page.getByRole("heading", { level: 1, name: tenant.name })).toBeVisible();

  await page.getByRole("button", { name: "Change plan, interval or seats" }).click();
  const dialog = page.getByRole("dialog", { name: `Change plan, interval or seats: ${tenant.name}` });
  await expect(dialog.getByRole("status")).toContainText("Choose what is to change");
  await dialog.getByLabel("Plan", { exact: true }).selectOption("enterprise");
  const confirm = dialog.getByRole("button", { name: /^Charge \$[\d.]+ and change now$/ });
  await expect(confirm).toBeEnabled();
  await expect(dialog).toContainText("Professional by the month");
  const announced = await amountOf(confirm);
  await confirm.click();
  await expect(dialog).toContainText("Say why: it is kept with the change.");
  expect((await rest.get(`/subscriptions/${tenant.slug}`)).body).toMatchObject({ plan: "professional" });

  await dialog.getByLabel("Reason").fill("Agreed on the phone with Ada");
  await expectNoObstacles(page, "the operator's dialog with a quote");
  await confirm.click();
  await expect(dialog).toHaveCount(0);
  await expect(auditRow(page, "subscription.change").first()).toContainText("Agreed on the phone with Ada");
  await expect(auditRow(page, "subscription.change").first()).toContainText("olivia@quittance.example (operator)");
  expect((await rest.get(`/subscriptions/${tenant.slug}`)).body).toMatchObject({ plan: "enterprise" });
  const newest = async () => (await rest.get<InvoiceRow[]>(`/invoices/${tenant.slug}?limit=1`)).body[0]?.total;
  await expect.poll(newest).toBe(Number(announced));
  await theirs.goto(`/t/${tenant.slug}/history`);
  await expect(theirs.getByRole("main")).toContainText("Agreed on the phone with Ada");
});

test("An operator gives a part of a payment back", async ({ page, browser, people }) => {
  const { tenant } = await tenantElsewhere(browser, people, "Let Down Once");
  await people.operator(page);
  await page.goto(`/admin/tenants/${tenant.slug}`);
  await page.getByRole("button", { name: /^Refund INV-/ }).click();
  const dialog = page.getByRole("dialog", { name: /^Refund INV-/ });
  const amount = dialog.getByLabel("Amount in USD");
  await expect(amount).toHaveValue("322.92");
  await amount.fill("400");
  await expect(dialog).toContainText("An amount up to $322.92.");
  await amount.fill("100.00");
  await dialog.getByLabel("Reason").fill("The outage of Tuesday");
  await dialog.getByRole("button", { name: "Refund $100.00" }).click();
  await expect(dialog).toHaveCount(0);
  const ledger = page.getByRole("table", { name: "Payments and refunds, newest first" }).getByRole("row");
  await expect(ledger.filter({ hasText: "The outage of Tuesday" })).toContainText("−$100.00");
  await expect(auditRow(page, "The outage of Tuesday").first()).toContainText("olivia@quittance.example");
  await page.getByRole("button", { name: /^Refund INV-/ }).click();
  await expect(amount).toHaveValue("222.92");
});

test("A code that an operator makes lowers the price of the tenant that types it", async ({
  page,
  browser,
  people,
  rest,
}) => {
  const { tenant, theirs } = await tenantElsewhere(browser, people, "Bargain Hunters");
  await people.operator(page);
  await page.goto("/admin/promotions");
  await page.getByRole("button", { name: "New code" }).click();
  const dialog = page.getByRole("dialog", { name: "New promotion code" });
  await dialog.getByRole("button", { name: "Make the code" }).click();
  await expect(dialog.getByLabel("Code")).toBeFocused();
  await dialog.getByLabel("Code").fill("spring-25");
  await dialog.getByLabel("Name on invoices").fill("Spring");
  await dialog.getByLabel("Percent").fill("25");
  await dialog.getByLabel("For", { exact: true }).selectOption("forever");
  await dialog.getByLabel("Only for one tenant").fill(tenant.slug);
  await dialog.getByLabel("Reason").fill("They asked nicely");
  await expect(dialog).toContainText("SPRING-25 takes 25% off every invoice, without an end");
  await expectNoObstacles(page, "the form of a promotion code");
  await dialog.getByRole("button", { name: "Make the code" }).click();
  await expect(dialog).toHaveCount(0);
  const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "SPRING-25" }) });
  await expect(row).toContainText("25% off");
  await expect(row).toContainText(`only ${tenant.name}`);

  await theirs.goto(`/t/${tenant.slug}/plan`);
  await theirs.getByRole("button", { name: "Upgrade to Enterprise" }).click();
  const change = theirs.getByRole("dialog", { name: "Upgrade to Enterprise" });
  await applyCode(change, "spring-25", "Spring: 25% off");
  const confirm = change.getByRole("button", { name: /^Pay \$[\d.]+ and upgrade$/ });
  await expect(confirm).toBeEnabled();
  const announced = Number(await amountOf(confirm));
  // Three quarters of 999.00 less the whole of 299.00, with 8 % tax.
  expect(announced).toBeGreaterThan(480);
  expect(announced).toBeLessThan(487);
  await confirm.click();
  await expect(change).toHaveCount(0);
  const newest = async () => (await rest.get<InvoiceRow[]>(`/invoices/${tenant.slug}?limit=1`)).body[0]?.total;
  await expect.poll(newest).toBe(announced);

  await page.reload();
  await expect(row.getByRole("cell").nth(1)).toHaveText(/1/);
  await row.getByRole("button", { name: "Deactivate SPRING-25" }).click();
  const turn = page.getByRole("dialog", { name: "Deactivate SPRING-25" });
  await turn.getByLabel("Reason").fill("Spring is over");
  await turn.getByRole("button", { name: "Deactivate" }).click();
  await expect(row).toContainText("Out of use");
  await expect(auditRow(page, "promotion.deactivate").first()).toContainText("Spring is over");
});

test("An operator agrees on a contract and moves the tenant onto it", async ({ page, browser, people, rest }) => {
  const { tenant } = await tenantElsewhere(browser, people, "Big Account");
  await people.operator(page);
  await page.goto(`/admin/tenants/${tenant.slug}`);
  await page.getByRole("link", { name: "Agree on a contract" }).click();
  await page.getByLabel("Base plan").selectOption("enterprise");
  await page.getByLabel("Name", { exact: true }).fill("Enterprise for Big Account");
  await page.getByLabel("Price a month in USD").fill("799.00");
  await page.getByLabel("Price a year in USD").fill("");
  const differences = page.getByRole("region", { name: "What differs" });
  await expect(differences).toContainText("799.00");
  await page.getByLabel("Reason").fill("Framework agreement 2027");
  await expectNoObstacles(page, "the form of a contract");
  await page.getByRole("button", { name: "Make the contract" }).click();

  const dialog = page.getByRole("dialog", { name: `Change plan, interval or seats: ${tenant.name}` });
  const confirm = dialog.getByRole("button", { name: /^Charge \$[\d.]+ and change now$/ });
  await expect(confirm).toBeEnabled();
  await expect(dialog).toContainText("Enterprise for Big Account by the month");
  await dialog.getByLabel("Reason").fill("Signed today");
  await confirm.click();
  await expect(dialog).toHaveCount(0);
  await expect(auditRow(page, "contract.make")).toContainText("Framework agreement 2027");
  await expect(auditRow(page, "subscription.change").first()).toContainText("Signed today");
  await expect
    .poll(async () => (await rest.get(`/subscriptions/${tenant.slug}`)).body)
    .toMatchObject({ plan: "enterprise" });
  await page.goto("/admin/catalog");
  await expect(page.getByRole("region", { name: "Contracts" })).toContainText("Enterprise for Big Account");
});
