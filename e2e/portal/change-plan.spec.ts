/** Changing the plan to the cent that was announced, putting a change off, leaving, and changing one's mind. */
import type { Page } from "@playwright/test";
import { expectNoObstacles } from "../accessibility";
import { expect, test } from "../fixtures";
import type { InvoiceRow } from "../statements";

test("An upgrade charges what its button said, once, however often it is pressed", async ({
  page,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Growing Fast", { key: "professional" });
  await clock.advance("10d");
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Upgrade to Enterprise" }).click();
  const dialog = page.getByRole("dialog", { name: "Upgrade to Enterprise" });
  const confirm = dialog.getByRole("button", { name: /^Pay \$[\d.]+ and upgrade$/ });
  await expect(confirm).toBeEnabled();
  const announced = /\$([\d.]+)/.exec((await confirm.textContent()) ?? "")?.[1] ?? "";
  await expect(dialog).toContainText(`Due today$${announced}`);
  await expect(dialog).toContainText("Charged to Visa •••• 4242");
  await expect(dialog).toContainText("HIPAA");
  // Two thirds of the difference of 700.00 with 8 % tax, a little more or less with the length of the month.
  expect(Number(announced)).toBeGreaterThan(480);
  expect(Number(announced)).toBeLessThan(520);

  await confirm.dblclick();
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

test("A quote that is no longer true is replaced in place and charges nothing", async ({
  page,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Slow Reader", { key: "professional" });
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Upgrade to Research" }).click();
  const dialog = page.getByRole("dialog", { name: "Upgrade to Research" });
  const confirm = dialog.getByRole("button", { name: /^Pay \$[\d.]+ and upgrade$/ });
  const before = await confirm.textContent();
  await clock.advance("3d");
  await confirm.click();
  const moved = dialog.getByRole("alert");
  await expect(moved).toContainText("Something had changed, so nothing was charged");
  await expect(moved).toContainText("Due today");
  await expect(confirm).toBeEnabled();
  const after = await confirm.textContent();
  expect(after).not.toBe(before);
  expect((await rest.get(`/subscriptions/${slug}`)).body).toMatchObject({ plan: "professional" });
  await expectNoObstacles(page, "the dialog whose amounts have moved");

  await confirm.click();
  await expect(page.getByRole("button", { name: "Research is your plan" })).toBeVisible();
  const newest = async () => (await rest.get<InvoiceRow[]>(`/invoices/${slug}?limit=1`)).body[0]?.total;
  await expect.poll(newest).toBe(Number(/\$([\d.]+)/.exec(after ?? "")?.[1]));
});

test("A downgrade is scheduled for the period's end and taken back", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Second Thoughts", { key: "enterprise" });
  const subscription = async () => (await rest.get(`/subscriptions/${slug}`)).body;
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Downgrade to Professional" }).click();
  const dialog = page.getByRole("dialog", { name: "Downgrade to Professional" });
  const confirm = dialog.getByRole("button", { name: /^Schedule downgrade for \d{1,2} \w+ \d{4}$/ });
  await expect(confirm).toBeEnabled();
  await expect(dialog).toContainText("Due today$0.00");
  await expect(dialog).toContainText("HIPAA");
  await expectNoObstacles(page, "the dialog for a downgrade");
  const day = /\d.*$/.exec((await confirm.textContent()) ?? "")?.[0] ?? "";
  await confirm.click();
  await expect(dialog).toHaveCount(0);
  expect(await subscription()).toMatchObject({ plan: "enterprise", status: "active" });

  const notice = page.getByRole("region", { name: "Your next plan is Professional" });
  await expect(notice).toContainText(`It stays Enterprise until ${day}, then becomes Professional`);
  await expect(page.getByRole("button", { name: "Your next plan" })).toBeDisabled();
  await expectNoObstacles(page, "the plan with a change to come");
  await notice.getByRole("button", { name: "Keep Enterprise" }).click();
  await expect(notice).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Enterprise is your plan" })).toBeVisible();
  await page.goto(`/t/${slug}/history`);
  await expect(page.getByRole("table", { name: /^Changes of the plan/ })).toContainText("Kept the plan in the portal");
});

test("A plan is canceled at the period's end and resumed", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Wavering Lights", { key: "professional" });
  const subscription = async () => (await rest.get(`/subscriptions/${slug}`)).body;
  await page.goto(`/t/${slug}/plan`);
  const dialog = await openCancel(page, "Professional");
  await dialog.getByRole("button", { name: /^Cancel on \d/ }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(/^Your plan stays Professional until \d.*, then becomes Free\.$/)).toBeVisible();
  expect(await subscription()).toMatchObject({ plan: "professional", status: "active", cancel_at_period_end: true });

  await page.goto(`/t/${slug}`);
  await page.getByRole("button", { name: "Resume Professional" }).click();
  await expect(page.getByText(/^Your plan stays Professional/)).toHaveCount(0);
  expect(await subscription()).toMatchObject({ plan: "professional", status: "active", cancel_at_period_end: false });
});

test("A plan is paused and comes back, paid in part by its credit", async ({ page, people, clock, rest }) => {
  const { slug } = await people.found(page, "Winter Sleep", { key: "professional" });
  await clock.advance("10d");
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Pause the plan" }).click();
  const pausing = page.getByRole("dialog", { name: "Pause Professional" });
  await expect(pausing).toContainText(/Credit for later invoices\s*\$2\d\d\.\d\d/);
  await pausing.getByRole("button", { name: "Pause now" }).click();
  const notice = page.getByRole("region", { name: "Professional is paused" });
  await expect(notice).toContainText("Free with its limits serves until you resume");
  await expectNoObstacles(page, "a paused plan");

  await notice.getByRole("button", { name: "Resume Professional…" }).click();
  const resuming = page.getByRole("dialog", { name: "Resume Professional" });
  const confirm = resuming.getByRole("button", { name: /^Pay \$[\d.]+ and resume$/ });
  const announced = Number(/\$([\d.]+)/.exec((await confirm.textContent()) ?? "")?.[1]);
  expect(announced).toBeLessThan(322.92);
  await confirm.click();
  await expect(notice).toHaveCount(0);
  expect((await rest.get(`/subscriptions/${slug}`)).body).toMatchObject({ plan: "professional", status: "active" });
});

async function openCancel(page: Page, planName: string) {
  await page.getByRole("button", { name: "Cancel the plan" }).click();
  return page.getByRole("dialog", { name: `Cancel ${planName}` });
}
