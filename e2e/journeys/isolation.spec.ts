/** A tenant's people see their own organisation and nothing else: whatever they guess reads as if it were not there. */
import { expect, test } from "../fixtures";

const PAGES = ["", "/plan", "/usage", "/invoices", "/payment-methods", "/payment-methods/add", "/history", "/api-keys"];

test("Another tenant's pages, invoices and questions are not found", async ({ page, browser, people, rest }) => {
  const theirs = await browser.newContext();
  const victim = await people.found(await theirs.newPage(), "Sealed Letters", { key: "professional" });
  await theirs.close();
  const [invoice] = (await rest.get<Array<{ invoice_number: string }>>(`/invoices/${victim.slug}`)).body;
  const number = invoice?.invoice_number ?? "";
  expect(number).toContain("INV-");

  const own = await people.found(page, "Curious Neighbours");
  const statusOf = async (path: string) => (await page.request.get(path, { maxRedirects: 0 })).status();
  expect(await statusOf(`/t/${own.slug}/invoices`)).toBe(200);
  for (const path of [...PAGES, "/checkout?plan=professional", `/invoices/${number}`, `/invoices/${number}/pdf`]) {
    expect.soft(await statusOf(`/t/${victim.slug}${path}`), path).toBe(404);
  }
  const ofOperators = ["/admin", "/admin/tenants", `/admin/tenants/${own.slug}`, "/admin/catalog", "/admin/promotions"];
  for (const path of [...ofOperators, `/admin/tenants/${own.slug}/contract`, "/admin/webhooks"]) {
    expect.soft(await statusOf(path), path).toBe(404);
  }
  for (const path of [`/t/${victim.slug}`, `/t/${own.slug}/invoices/${number}`]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no such page");
    await expect(page.locator("body")).not.toContainText("Sealed Letters");
    await expect(page.locator("body")).not.toContainText("322.92");
  }
});

test("Another tenant's data does not answer to a tenant's session or key", async ({
  page,
  browser,
  people,
  rest,
  quittance,
}) => {
  const theirs = await browser.newContext();
  const victim = await people.found(await theirs.newPage(), "Closed Books");
  await theirs.close();
  const own = await people.found(page, "Passing By");
  const ask = async (procedure: string, input: object) => {
    const query = new URLSearchParams({ input: JSON.stringify({ json: input }) });
    return (await page.request.get(`/api/trpc/${procedure}?${query}`)).status();
  };
  expect(await ask("invoices.list", { tenant: own.slug, limit: 5 })).toBe(200);
  expect(await ask("invoices.list", { tenant: victim.slug, limit: 5 })).toBe(404);
  expect(await ask("usage.period", { tenant: victim.slug })).toBe(404);
  expect(await ask("apiKeys.list", { tenant: victim.slug })).toBe(404);
  expect([401, 403, 404]).toContain(await ask("revenue.current", {}));

  const { key } = await quittance<{ key: string }>("keys", "create", "--tenant", own.slug);
  expect((await rest.with(key).get(`/subscriptions/${own.slug}`)).status).toBe(200);
  expect((await rest.with(key).get(`/subscriptions/${victim.slug}`)).status).toBe(404);
});
