/** Impatience: a double click and two tabs on the same button come to one subscription and one charge. */
import type { Page } from "@playwright/test";
import { fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import type { Rest } from "../rest";
import type { InvoiceRow } from "../statements";

const PAY = { name: "Pay $322.92 and subscribe" };

test("A double click on the checkout's button pays once", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Nervous Finger");
  await page.goto(`/t/${slug}/checkout?plan=professional`);
  await fillCard(page, PAYS);
  await page.getByRole("button", PAY).dblclick();
  await expect(page.getByRole("heading", { name: "Professional is active" })).toBeVisible();
  await expectOnePayment(rest, slug);
});

test("Two tabs at the checkout start one subscription, and both say how it stands", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Two Tabs Open");
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await tab.goto(`/t/${slug}/checkout?plan=professional`);
    await fillCard(tab, PAYS);
    await expect(tab.getByRole("button", PAY)).toBeEnabled();
  }
  await Promise.all([page, other].map((tab) => tab.getByRole("button", PAY).click()));
  // One of them may have been told to look again; its second try finds the plan that is there.
  for (const tab of [page, other]) await settle(tab);
  await expectOnePayment(rest, slug);
});

test("A tab that still offers another plan says that nothing was charged for it", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Late Tab");
  await page.goto(`/t/${slug}/checkout?plan=professional`);
  await fillCard(page, PAYS);
  await people.subscribe(slug, "research", "pm_card_visa");
  await page.getByRole("button", PAY).click();
  await expect(page.getByRole("heading", { name: "Research is your plan already" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Professional was not started and nothing was charged for it.");
  expect(await totals(rest, slug)).toEqual([538.92]);
});

test("Two tabs on an upgrade charge it once", async ({ page, people, clock, rest }) => {
  const { slug } = await people.found(page, "Both Hands", { key: "professional" });
  await clock.advance("10d");
  const other = await page.context().newPage();
  const confirm = (tab: Page) =>
    tab.getByRole("dialog", { name: "Upgrade to Enterprise" }).getByRole("button", { name: /^Pay .* and upgrade$/ });
  for (const tab of [page, other]) {
    await tab.goto(`/t/${slug}/plan`);
    await tab.getByRole("button", { name: "Upgrade to Enterprise" }).click();
    await expect(confirm(tab)).toBeEnabled();
  }
  const announced = Number(/\$([\d.]+)/.exec((await confirm(page).textContent()) ?? "")?.[1]);
  await Promise.all([page, other].map((tab) => confirm(tab).click()));
  await expect
    .poll(async () => (await rest.get(`/subscriptions/${slug}`)).body)
    .toMatchObject({ plan: "enterprise", status: "active" });
  await expect.poll(() => totals(rest, slug)).toEqual([announced, 322.92]);

  // The tab that came second was told why nothing happened, and a reload shows the plan.
  for (const tab of [page, other]) {
    await tab.goto(`/t/${slug}/plan`);
    await expect(tab.getByRole("button", { name: "Enterprise is your plan" })).toBeVisible();
  }
  expect(await totals(rest, slug)).toEqual([announced, 322.92]);
});

async function settle(tab: Page): Promise<void> {
  const active = tab.getByRole("heading", { name: "Professional is active" });
  const problem = tab.getByRole("main").getByRole("alert");
  await expect(active.or(problem).first()).toBeVisible();
  if (await active.isVisible()) return;
  // The checkout of a tenant that pays leads to its plan, and the other tab's payment may still be under way.
  await expect(async () => {
    await tab.reload();
    await expect(tab.getByRole("button", { name: "Professional is your plan" })).toBeVisible({ timeout: 5_000 });
  }).toPass();
}

async function totals(rest: Rest, slug: string): Promise<number[]> {
  return (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body.map(({ total }) => total);
}

async function expectOnePayment(rest: Rest, slug: string): Promise<void> {
  await expect
    .poll(async () => (await rest.get(`/subscriptions/${slug}`)).body)
    .toMatchObject({ plan: "professional", status: "active" });
  await expect.poll(() => totals(rest, slug)).toEqual([322.92]);
  const { body } = await rest.get<{ transactions: Array<{ moved: number }> }>(`/transactions?tenant_id=${slug}`);
  expect(body.transactions.map(({ moved }) => moved).filter((amount) => amount !== 0)).toEqual([322.92]);
}
