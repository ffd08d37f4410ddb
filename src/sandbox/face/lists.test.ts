/** The face with much in it: pages of lists, looking for something, and a walk that takes its time. */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "../browser/testing/merchant";
import { startTestSandbox, type TestSandbox } from "../testing/start";

const CUSTOMERS = 120;
let test: TestSandbox;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let page: Page;

beforeAll(async () => {
  test = await startTestSandbox();
  for (let number = 1; number <= CUSTOMERS; number += 1) {
    await test.stripe.customers.create({ name: `Customer ${number}`, email: `c${number}@example.test` });
  }
  browser = await launchBrowser();
  page = await browser.newPage();
});
afterAll(async () => {
  await browser?.close();
  await test?.close();
});

const open = (path: string) => page.goto(test.sandbox.url + path);
const names = () => page.locator("tbody tr td:first-child").allTextContents();

it("shows fifty at a time, with ways to the others", async () => {
  await open("/dashboard/customers");
  expect(await names()).toHaveLength(50);
  await page.getByRole("link", { name: "Older" }).click();
  await page.getByText("51 to 100").waitFor();
  await page.getByRole("link", { name: "Older" }).click();
  await page.getByText("101 to 120").waitFor();
  expect((await names()).at(-1)).toBe("Customer 1");
  expect(await page.getByRole("link", { name: "Older" }).count()).toBe(0);
  await page.getByRole("link", { name: "Newer" }).click();
  await page.getByText("51 to 100").waitFor();
});

it("finds by words, keeps them over pages, and says when nothing fits", async () => {
  await open("/dashboard/customers");
  await page.getByLabel("Name, e-mail or id").fill("CUSTOMER 11");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Show all" }).waitFor();
  expect((await names()).sort()).toEqual(["Customer 11", ...Array.from({ length: 10 }, (_, at) => `Customer 11${at}`)]);
  await open("/dashboard/customers?q=customer");
  await page.getByRole("link", { name: "Older" }).click();
  await page.getByText("51 to 100").waitFor();
  expect(await page.getByLabel("Name, e-mail or id").inputValue()).toBe("customer");
  await open("/dashboard/customers?q=%3Cb%3Enobody&page=-3");
  expect(await page.locator("main").textContent()).toContain("Nothing here.");
  const [event] = (await test.stripe.events.list({ limit: 1 })).data;
  const about = event?.data.object as { id: string };
  await open(`/dashboard/events?q=${about.id}`);
  expect(await page.locator("tbody tr").count()).toBe(1);
});

it("tells how far a long walk is, and that it has arrived", async () => {
  const clock = await test.stripe.testHelpers.testClocks.create({ frozen_time: 1_767_225_600 });
  const price = await test.stripe.prices.create({
    currency: "usd",
    unit_amount: 500,
    recurring: { interval: "day" },
    product_data: { name: "Daily" },
  });
  for (let number = 0; number < 40; number += 1) {
    const customer = await test.stripe.customers.create({ payment_method: "pm_card_visa", test_clock: clock.id });
    const [method] = (await test.stripe.customers.listPaymentMethods(customer.id)).data;
    const items = [{ price: price.id }];
    await test.stripe.subscriptions.create({ customer: customer.id, items, default_payment_method: method?.id ?? "" });
  }
  await open("/dashboard/clocks");
  await page.getByRole("button", { name: `Advance ${clock.id}: 1 month` }).click();
  await page.getByRole("status").getByText("is on its way").waitFor();
  const frame = page.frameLocator("iframe");
  await frame.locator("progress").or(frame.getByText("has arrived")).first().waitFor();
  await frame.getByRole("link", { name: "Show the clocks" }).click({ timeout: 55_000 });
  await page.waitForURL("**/dashboard/clocks");
  expect(await page.locator("iframe").count()).toBe(0);
  expect(test.sandbox.clocks.lastWalk).toMatchObject({ clock: clock.id, state: "arrived" });
});
