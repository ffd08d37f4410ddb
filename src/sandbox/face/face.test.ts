/** The face in a browser: what people see and press, axe on every page, and whom it refuses. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser } from "../browser/testing/merchant";
import { startTestSandbox, type TestSandbox } from "../testing/start";

let test: TestSandbox;
let browser: Browser;
const receiver = createServer((request, response) => {
  request.resume();
  response.writeHead(200).end("ok");
});
const ids = { customer: "", subscription: "", invoice: "", event: "", endpoint: "", clock: "" };

beforeAll(async () => {
  browser = await launchBrowser();
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  test = await startTestSandbox();
  const { stripe } = test;
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  ids.endpoint = (await stripe.webhookEndpoints.create({ url, enabled_events: ["*"] })).id;
  ids.clock = (await stripe.testHelpers.testClocks.create({ frozen_time: 1_750_000_000, name: "face" })).id;
  const customer = await stripe.customers.create({
    name: "<b>Ada</b> & Co",
    email: "ada@example.test",
    test_clock: ids.clock,
  });
  ids.customer = customer.id;
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  const product = await stripe.products.create({ name: "Professional" });
  const price = await stripe.prices.create({
    product: product.id,
    currency: "usd",
    unit_amount: 2_900,
    recurring: { interval: "month" },
  });
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
  ids.subscription = subscription.id;
  ids.invoice = String(subscription.latest_invoice);
  ids.event = (await stripe.events.list({ type: "invoice.paid" })).data[0]?.id ?? "";
  await vi.waitFor(async () => expect((await test.control("/idle")).pendingDeliveries).toBe(0), { timeout: 15_000 });
});

afterAll(async () => {
  await browser?.close();
  await test?.close();
  await new Promise((resolve) => receiver.close(resolve));
});

async function visit<T>(
  path: string,
  use: (page: Page) => Promise<T>,
  options: BrowserContextOptions = {},
): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  try {
    const page = await context.newPage();
    await page.goto(test.sandbox.url + path);
    return await use(page);
  } finally {
    await context.close();
  }
}

const pages: ReadonlyArray<readonly [string, () => string, string]> = [
  ["overview", () => "/", "Newest events"],
  ["customers", () => "/dashboard/customers", "<b>Ada</b> & Co"],
  ["customer", () => `/dashboard/customers/${ids.customer}`, "customer.created"],
  ["subscriptions", () => "/dashboard/subscriptions", "active"],
  ["subscription", () => `/dashboard/subscriptions/${ids.subscription}`, "Professional"],
  ["invoices", () => "/dashboard/invoices", "$29.00"],
  ["invoice", () => `/dashboard/invoices/${ids.invoice}`, "1 × Professional"],
  ["events", () => "/dashboard/events", "invoice.paid"],
  ["event", () => `/dashboard/events/${ids.event}`, "stripe-signature"],
  ["webhooks", () => "/dashboard/webhooks", "delivered"],
  ["endpoint", () => `/dashboard/webhooks/${ids.endpoint}`, "Drop until retried"],
  ["clocks", () => "/dashboard/clocks", "2025-06-15 15:06:40"],
];

describe.each([
  ["light", 1280],
  ["dark", 375],
] as const)("in %s at %i", (colorScheme, width) => {
  it.each(pages)("%s says what there is, within the window, and axe finds nothing", async (_name, path, words) => {
    await visit(
      path(),
      async (page) => {
        expect(await page.locator("main").textContent()).toContain(words);
        expect(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")).toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      },
      { colorScheme, viewport: { width, height: 800 } },
    );
  });
});

describe("the buttons", () => {
  it("move a clock to its next due moment, by a day and by a month, with the keyboard alone", async () => {
    await visit("/dashboard/clocks", async (page) => {
      const time = () => test.sandbox.store.find("test_clock", ids.clock)?.frozen_time;
      await page.getByRole("button", { name: `Advance ${ids.clock}: 1 day` }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("status").waitFor();
      expect(time()).toBe(1_750_000_000 + 86_400);
      await page.getByRole("button", { name: `Advance ${ids.clock}: Next due moment` }).click();
      await expect.poll(async () => await page.getByRole("status").textContent()).toContain("1 due moment was handled");
      const due = time() ?? 0;
      expect(due).toBeGreaterThan(1_750_000_000 + 86_400);
      await page.getByRole("button", { name: `Advance ${ids.clock}: 1 month` }).click();
      await expect.poll(time).toBeGreaterThan(due + 27 * 86_400);
    });
  });

  it("decide the next payment", async () => {
    await visit(`/dashboard/customers/${ids.customer}`, async (page) => {
      await page.getByLabel("Next payment fails with").selectOption("insufficient_funds");
      await page.getByRole("button", { name: "Decide next payment" }).click();
      await page.getByRole("status").waitFor();
      expect(test.sandbox.store.find("next_payment", ids.customer)?.outcome).toBe("insufficient_funds");
      expect(await page.locator("main").textContent()).toContain("Ends with insufficient funds.");
    });
  });

  it("set chaos, roll the secret and replay a delivery", async () => {
    await visit(`/dashboard/webhooks/${ids.endpoint}`, async (page) => {
      await page.getByLabel("Duplicate (same id)").fill("0.5");
      await page.getByRole("button", { name: "Set chaos" }).click();
      await page.getByText("The chaos switch is set.").waitFor();
      expect(test.sandbox.store.find("endpoint_chaos", ids.endpoint)?.duplicate).toBe(0.5);
      await page.getByRole("button", { name: "Roll secret" }).click();
      await page.getByText("shown this once").waitFor();
      const shown = await page.locator("main code").textContent();
      expect(test.sandbox.store.find("webhook_secret", ids.endpoint)?.secrets.map(({ secret }) => secret)).toContain(
        shown,
      );
      expect(page.url()).not.toContain("whsec_");
      await page.goto(`${test.sandbox.url}/dashboard/events/${ids.event}`);
      const before = test.sandbox.store.listBy("delivery", "event", ids.event).length;
      await page
        .getByRole("button", { name: /^Replay/ })
        .first()
        .click();
      await page.getByText("sent once more").waitFor();
      expect(test.sandbox.store.listBy("delivery", "event", ids.event)).toHaveLength(before + 1);
    });
  });
});

describe("the door", () => {
  const postAs = (headers: Record<string, string>, path = `/dashboard/clocks/${ids.clock}/advance`) =>
    fetch(test.sandbox.url + path, {
      method: "POST",
      redirect: "manual",
      headers,
      body: new URLSearchParams({ step: "day" }),
    });

  it("is closed to forms of other websites", async () => {
    const before = test.sandbox.store.find("test_clock", ids.clock)?.frozen_time;
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: "http://evil.test" },
      { origin: "null" },
    ];
    for (const headers of foreign) {
      expect((await postAs(headers)).status).toBe(403);
      expect((await postAs(headers, "/_sandbox/reset")).status).toBe(403);
    }
    expect(test.sandbox.store.find("test_clock", ids.clock)?.frozen_time).toBe(before);
    expect((await postAs({ origin: test.sandbox.url })).status).toBe(303);
  });

  it("has nothing behind unknown addresses, and refuses nonsense in words", async () => {
    expect((await fetch(`${test.sandbox.url}/dashboard/customers/cus_no`)).status).toBe(404);
    expect((await fetch(`${test.sandbox.url}/dashboard/customers/%E0%A4%A`)).status).toBe(404);
    expect((await postAs({}, "/dashboard/clocks/clock_no/advance")).status).toBe(404);
    const wrong = await fetch(`${test.sandbox.url}/dashboard/webhooks/${ids.endpoint}/chaos`, {
      method: "POST",
      body: new URLSearchParams({ drop: "7" }),
    });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining("&quot;drop&quot; must be")]);
    expect(test.failures).toEqual([]);
  });

  it("lets no name and no note become markup", async () => {
    const page = await (await fetch(`${test.sandbox.url}/dashboard/customers?note=%3Cscript%3E`)).text();
    expect(page).toContain("&lt;b&gt;Ada&lt;/b&gt; &amp; Co");
    expect(page).toContain("&lt;script&gt;");
    expect(page).not.toMatch(/<b>|<script/);
  });
});
