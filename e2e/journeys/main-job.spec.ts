/** The whole way: a visitor becomes a tenant, pays, uses, is invoiced; the operator sees the revenue. */
import type { Page } from "@playwright/test";
import { cardFields, fillCard, IS_DECLINED, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import { UNTOUCHED } from "../own-settings";
import type { Rest } from "../rest";
import { expectInvoiceStatement, type InvoiceRow, PAID_RENEWAL } from "../statements";

test.use({ settings: UNTOUCHED });

const SLUG = "northlight";
const NAME = "Northlight";
const EMAIL = "ada@northlight.example";

test("A tenant chooses a plan, pays, reports usage and is invoiced; the operator sees it", async ({
  page,
  browser,
  people,
  quittance,
  clock,
  rest,
}) => {
  await test.step("reads the prices", () => readPrices(page, rest));
  await test.step("signs up by email link", () => signUp(page, rest));
  await test.step("is declined, then pays on the same form", () => payForProfessional(page, rest));
  const service = await test.step("makes a key for its service", async () => {
    const { key } = await quittance<{ key: string }>("keys", "create", "--tenant", SLUG);
    return rest.with(key);
  });
  await test.step("its service reports usage", () => reportUsage(service));
  await test.step("sees the usage", () => seeUsage(page));
  await test.step("sees the next charge", () => seeNextCharge(page, service));
  await clock.advance("1 month");
  // Stripe leaves the renewal a draft for an hour.
  await clock.advance("2h");
  const number = await test.step("is invoiced", () => seeInvoice(page, service));
  await test.step("downloads the PDF", () => downloadInvoice(page, number));
  const office = await browser.newPage();
  await test.step("the operator sees the revenue", async () => {
    await people.operator(office);
    await seeRevenue(office);
  });
  await office.context().close();
});

async function readPrices(page: Page, rest: Rest): Promise<void> {
  const plans = (await rest.get<Array<{ name: string; price_monthly: number; price_annual: number }>>("/plans")).body;
  expect(plans.map(({ name }) => name)).toEqual(["Free", "Professional", "Research", "Enterprise"]);
  await page.goto("/pricing");
  for (const plan of plans)
    await expect(planColumn(page, plan.name)).toContainText(`${dollars(plan.price_monthly)} a month`);
  await expect(planColumn(page, "Free")).toContainText(/10 jobs\s*then paused until the month ends/);
  const professional = planColumn(page, "Professional");
  await expect(professional).toContainText(/100 jobs\s*then \$0\.50 per job/);
  await expect(professional).toContainText(/50 GB\s*then \$0\.10 per GB/);
  await expect(professional).toContainText("$0.001 per call");
  await expect(professional).toContainText("10 people");
  await expect(page.getByRole("table")).toContainText("1,000 jobs");

  await page.getByRole("link", { name: /^Annual/ }).click();
  await expect(page).toHaveURL(/\/pricing\?interval=year$/);
  for (const plan of plans.filter(({ price_annual }) => price_annual > 0)) {
    await expect(planColumn(page, plan.name)).toContainText(`${dollars(plan.price_annual)} today for the year`);
    await expect(planColumn(page, plan.name)).toContainText(`${dollars(plan.price_annual / 12)} a month`);
  }
  await page.reload();
  await expect(professional).toContainText("$2,990.00 today for the year");
  await page.getByRole("link", { name: "Monthly" }).click();
  await expect(page).toHaveURL(/\/pricing$/);
  await expect(professional).toContainText("$299.00 a month");
}

async function signUp(page: Page, rest: Rest): Promise<void> {
  await page.getByRole("link", { name: "Start with Professional" }).click();
  await page.getByLabel("Organisation").fill(NAME);
  await page.getByLabel("Email").fill(EMAIL);
  await page.getByRole("button", { name: "Sign up by email" }).click();
  await page.getByRole("link", { name: "Open the mailbox" }).click();
  const mail = page.getByRole("article").filter({ hasText: `to ${EMAIL}` });
  await mail.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/t/${SLUG}$`));
  await expect(page.getByRole("heading", { level: 1, name: NAME })).toBeVisible();
  await expect(page.getByRole("region", { name: "Plan" })).toContainText("Free");
  expect((await rest.get(`/subscriptions/${SLUG}`)).body).toMatchObject({ plan: "free", subscription_id: null });
  // Only an owner is asked nothing: the same pages tell a member whom to ask.
  await page.goto(`/api/trpc/account.current`);
  await expect(page.locator("body")).toContainText('"role":"owner"');
}

async function payForProfessional(page: Page, rest: Rest): Promise<void> {
  await page.goto(`/t/${SLUG}/plan`);
  await page.getByRole("link", { name: "Choose Professional" }).click();
  await expect(page.getByRole("heading", { name: "Subscribe to Professional" })).toBeVisible();
  await expect(page.getByRole("region", { name: "What you pay" })).toContainText("$322.92due today, for one month");

  await fillCard(page, IS_DECLINED);
  const pay = page.getByRole("button", { name: "Pay $322.92 and subscribe" });
  await pay.click();
  const problem = page.getByRole("main").getByRole("alert");
  await expect(problem).toHaveText(
    "The bank declined this card. Nothing was charged. Use another card, or ask your bank.",
  );
  await expect(cardFields(page).getByLabel("Card number")).toHaveValue("4000 0000 0000 0002");
  await expect(cardFields(page).getByLabel("ZIP code")).toHaveValue("94103");
  expect((await rest.get(`/subscriptions/${SLUG}`)).body).toMatchObject({ plan: "free" });

  await fillCard(page, PAYS);
  const answer = await holdAnswers(page, "subscriptions.current");
  await pay.click();
  await expect(page.getByRole("heading", { name: "Finalising your plan" })).toBeVisible();
  await answer.release();
  await expect(page.getByRole("heading", { name: "Professional is active" })).toBeVisible();
  expect((await rest.get(`/subscriptions/${SLUG}`)).body).toMatchObject({ plan: "professional", status: "active" });
  await page.getByRole("link", { name: "Go to the overview" }).click();
  await expect(page.getByRole("region", { name: "Plan" })).toContainText(/Professional\s*Active/);
}

/** Keeps the server's answers to a question back: what the page shows meanwhile, it shows without being told. */
async function holdAnswers(page: Page, question: string): Promise<{ release(): Promise<void> }> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const pattern = new RegExp(`/api/trpc/[^?]*${question.replace(".", "\\.")}`);
  await page.route(pattern, async (route) => {
    await held;
    await route.continue();
  });
  return {
    release: async () => {
      release();
      await page.unrouteAll({ behavior: "wait" });
    },
  };
}

async function reportUsage(service: Rest): Promise<void> {
  const report = async (usage_type: string, quantity: number) =>
    expect((await service.post(`/usage/${SLUG}`, { usage_type, quantity })).status).toBe(201);
  await report("quantum_job", 100);
  await report("quantum_job", 45);
  await report("storage", 62.5);
  await report("storage", 40);
  await report("api_call", 1247);
}

async function seeUsage(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Usage", exact: true }).click();
  const jobs = page.getByRole("article", { name: "Quantum jobs" });
  await expect(jobs).toContainText("145 jobs used");
  await expect(jobs).toContainText("Included100 jobs");
  await expect(jobs).toContainText("Overage45 jobs");
  await expect(jobs).toContainText("Cost so far$22.50");
  await expect(jobs).toContainText(/Resets on\d{1,2} \w{3,4} \d{4}/);
  await expect(jobs.getByRole("meter")).toHaveAttribute("aria-valuetext", /145 of 100 jobs, 145%, 45 over/);
  const storage = page.getByRole("article", { name: "Storage" });
  await expect(storage).toContainText("62.5 GB used");
  await expect(storage).toContainText("Overage12.5 GB");
  await expect(storage).toContainText("Cost so far$1.25");
  const calls = page.getByRole("article", { name: "API calls" });
  await expect(calls).toContainText("1,247 calls used");
  await expect(calls).toContainText("Cost so far$1.25");
  await expect(page.getByRole("region", { name: "Meters" })).toContainText("Overage so far, before tax$25.00");
}

async function seeNextCharge(page: Page, service: Rest): Promise<void> {
  const upcoming = await service.get(`/invoices/${SLUG}/upcoming`);
  expect(upcoming.body).toMatchObject({ subtotal: 324, tax: 25.92, total: 349.92 });
  await page.getByRole("link", { name: "Overview" }).click();
  const charge = page.getByRole("region", { name: "Next charge" });
  await expect(charge).toContainText("$349.92");
  await expect(charge).toContainText("Subtotal$324.00");
  await expect(charge).toContainText("Tax$25.92");
}

async function seeInvoice(page: Page, service: Rest): Promise<string> {
  const [renewal] = (await service.get<InvoiceRow[]>(`/invoices/${SLUG}?limit=5`)).body;
  if (!renewal) throw new Error("There is no invoice.");
  expect(renewal).toMatchObject({ status: "paid", subtotal: 324, tax: 25.92, total: 349.92 });
  expect(renewal.invoice_number).toBe(`INV-${(renewal.issued_at ?? "").slice(0, 7)}-${SLUG}`);
  expect(Date.parse(renewal.due_at) - Date.parse(renewal.issued_at ?? "")).toBe(15 * 86_400_000);

  await page.getByRole("link", { name: "Invoices", exact: true }).click();
  const row = page.getByRole("row").filter({ hasText: renewal.invoice_number });
  await expect(row).toContainText("Paid");
  await expect(row).toContainText("$349.92");
  await row.getByRole("link", { name: renewal.invoice_number, exact: true }).click();
  await expectInvoiceStatement(page, renewal.invoice_number, PAID_RENEWAL);
  await expect(page.getByRole("main")).toContainText(`Due${longDate(renewal.due_at)}`);
  return renewal.invoice_number;
}

async function downloadInvoice(page: Page, number: string): Promise<void> {
  const link = page.getByRole("link", { name: "Download PDF" });
  const answer = await page.request.get((await link.getAttribute("href")) ?? "");
  expect(answer.headers()["content-type"]).toBe("application/pdf");
  expect(answer.headers()["content-disposition"]).toContain(`${number}.pdf`);
  const bytes = await answer.body();
  expect(bytes.subarray(0, 5).toString("latin1")).toBe("%PDF-");
  expect(bytes.toString("latin1")).toContain(`(Invoice ${number})`);
  expect(bytes.subarray(-16).toString("latin1")).toContain("%%EOF");
}

async function seeRevenue(page: Page): Promise<void> {
  const main = page.getByRole("main");
  await expect(page.getByRole("heading", { level: 1, name: "Revenue" })).toBeVisible();
  await expect(main).toContainText("Monthly recurring revenue$299.00");
  await expect(main).toContainText("Paying tenants1");
  const renewal = page
    .getByRole("table", { name: /^Revenue by month/ })
    .getByRole("row")
    .nth(1);
  await expect(renewal).toContainText("$324.00");
  await expect(renewal).toContainText("$349.92");
  const professional = page
    .getByRole("table", { name: "Tenants by plan" })
    .getByRole("row")
    .filter({ hasText: "Professional" });
  await expect(professional.getByRole("cell")).toHaveText(["1", "1", "$299.00"], { useInnerText: true });
  await expect(page.getByRole("region", { name: "Failed payments" })).toContainText("None");

  await page.getByRole("link", { name: "Tenants", exact: true }).click();
  const tenant = page.getByRole("table", { name: "Tenants" }).getByRole("row").filter({ hasText: NAME });
  for (const text of ["northlight", "Professional", "Active", "$299.00"]) await expect(tenant).toContainText(text);
}

function planColumn(page: Page, name: string) {
  return page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
}

function dollars(amount: number): string {
  return new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).format(amount);
}

function longDate(time: string): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(time));
}
