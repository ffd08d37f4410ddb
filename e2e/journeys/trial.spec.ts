/** Trials: a card saved in the browser, with and without the bank's question, none at all, and what comes at their end. */
import type { Page } from "@playwright/test";
import { expectNoObstacles } from "../accessibility";
import { ASKS, ASKS_ALWAYS, answerBank, fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import { ALL_KINDS } from "../own-settings";
import type { Rest } from "../rest";
import type { InvoiceRow } from "../statements";

test.use({ settings: ALL_KINDS });

test("A trial asks for a card, charges nothing, and is charged by itself at its end", async ({
  page,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Try Before");
  await page.goto(`/t/${slug}/plan`);
  await expect(page.getByRole("region", { name: "Team" }).or(page.getByRole("main"))).toContainText("14 days free");
  await page.getByRole("link", { name: "Start 14-day trial: Team" }).click();
  await expect(page.getByRole("region", { name: "What you pay" })).toContainText("$0.00");
  await expect(page.getByRole("main")).toContainText(/14 days free, then \$55\.00 on \d/);
  await fillCard(page, PAYS);
  await expectNoObstacles(page, "the checkout of a trial");
  await page.setViewportSize({ width: 1280, height: 900 });
  await startTrial(page, 14);
  await expect(page.getByRole("heading", { name: "Your trial of Team has begun" })).toBeVisible();
  await expectNoObstacles(page, "the end of a trial's checkout");
  expect(await subscriptionOf(rest, slug)).toMatchObject({ plan: "team", status: "trialing" });
  expect(await paid(rest, slug)).toEqual([]);

  await page.goto(`/t/${slug}/plan`);
  await expect(page.getByRole("region", { name: "14 days of the trial left" })).toContainText("Team is free until");
  await page.goto(`/t/${slug}/payment-methods`);
  await expect(page.getByRole("main")).toContainText("Visa •••• 4242");
  await clock.advance("14d");
  await clock.advance("2h");
  expect(await subscriptionOf(rest, slug)).toMatchObject({ plan: "team", status: "active" });
  await expect.poll(() => paid(rest, slug)).toEqual([55]);
  await page.goto(`/t/${slug}/plan`);
  await expect(page.getByRole("button", { name: "Team is your plan" })).toBeVisible();
  await expect(page.getByText("of the trial left")).toHaveCount(0);
});

test("A trial whose bank asks once begins when its holder confirms, and is charged without another question", async ({
  page,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Asked Once");
  await page.goto(`/t/${slug}/checkout?plan=team`);
  await fillCard(page, ASKS);
  await startTrial(page, 14);
  await answerBank(page, "Fail");
  const problem = page.getByRole("main").getByRole("alert");
  await expect(problem).toContainText("not confirmed with your bank");
  await expectNoObstacles(page, "a trial whose card was not confirmed");
  await page.setViewportSize({ width: 1280, height: 900 });
  await startTrial(page, 14);
  await answerBank(page, "Complete");
  await expect(page.getByRole("heading", { name: "Your trial of Team has begun" })).toBeVisible();
  expect(await subscriptionOf(rest, slug)).toMatchObject({ plan: "team", status: "trialing" });

  await clock.advance("14d");
  await clock.advance("2h");
  expect(await subscriptionOf(rest, slug)).toMatchObject({ plan: "team", status: "active" });
  await expect.poll(() => paid(rest, slug)).toEqual([55]);
});

test("A trial whose bank asks every time ends with a payment to fix, and goes on once it is confirmed", async ({
  page,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Asked Always");
  await page.goto(`/t/${slug}/checkout?plan=team`);
  await fillCard(page, ASKS_ALWAYS);
  await startTrial(page, 14);
  await answerBank(page, "Complete");
  await expect(page.getByRole("heading", { name: "Your trial of Team has begun" })).toBeVisible();
  await clock.advance("14d");
  await clock.advance("2h");
  expect(await subscriptionOf(rest, slug)).toMatchObject({ plan: "team", status: "past_due" });

  await page.goto(`/t/${slug}/plan`);
  const notices = page.getByRole("complementary", { name: "Notices" });
  await expect(notices).toContainText("A payment failed. $55.00");
  await notices.getByRole("link", { name: "Fix the payment" }).click();
  await fillCard(page, ASKS);
  await page.getByRole("button", { name: "Pay $55.00" }).click();
  await answerBank(page, "Complete");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Paid. Thank you.");
  await expect.poll(() => subscriptionOf(rest, slug)).toMatchObject({ plan: "team", status: "active" });
  await expect.poll(() => paid(rest, slug)).toEqual([55]);
});

test("A trial without a card ends in the free plan, and is had once", async ({ page, people, clock, rest }) => {
  const { slug } = await people.found(page, "Only Looking");
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("link", { name: "Start 7-day trial: Solo" }).click();
  await page.getByRole("radio", { name: /^No card now/ }).check();
  await expect(page.getByRole("main")).toContainText("Add a card before the trial ends to keep the plan.");
  await expectNoObstacles(page, "the checkout of a trial without a card");
  await page.setViewportSize({ width: 1280, height: 900 });
  await startTrial(page, 7);
  await expect(page.getByRole("heading", { name: "Your trial of Solo has begun" })).toBeVisible();
  await page.goto(`/t/${slug}`);
  await expect(page.getByRole("region", { name: "Plan" })).toContainText("Solo");
  await expectNoObstacles(page, "the overview in a trial");

  await clock.advance("7d");
  await clock.advance("2h");
  expect(await subscriptionOf(rest, slug)).toMatchObject({ plan: "free" });
  expect(await paid(rest, slug)).toEqual([]);
  await page.goto(`/t/${slug}/plan`);
  await expect(page.getByRole("link", { name: "Choose Solo" })).toBeVisible();
  await page.goto(`/t/${slug}/history`);
  await expect(page.getByRole("table", { name: /^Changes of the plan/ })).toContainText("Solo → Free");
});

async function startTrial(page: Page, days: number): Promise<void> {
  await page.getByRole("button", { name: `Start ${days}-day trial` }).click();
}

async function subscriptionOf(rest: Rest, slug: string) {
  return (await rest.get(`/subscriptions/${slug}`)).body;
}

async function paid(rest: Rest, slug: string): Promise<number[]> {
  const invoices = (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body;
  return invoices.filter(({ status, total }) => status === "paid" && total > 0).map(({ total }) => total);
}
