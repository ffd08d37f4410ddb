/** A promotion code at the checkout: one that is unknown, one for another plan, one that lowers the price, and its end. */
import { expectNoObstacles } from "../accessibility";
import { fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import { ALL_KINDS } from "../own-settings";
import { makeCode } from "../promotions";
import type { InvoiceRow } from "../statements";

test.use({ settings: ALL_KINDS });

test("A code at the checkout is refused in words, or lowers what the button says", async ({
  page,
  browser,
  people,
  clock,
  rest,
}) => {
  const office = await (await browser.newContext()).newPage();
  await people.operator(office);
  await makeCode(office, { code: "START-20", name: "Welcome", percent: "20" });
  await makeCode(office, { code: "TEAM-ONLY", name: "Teams", percent: "50", onlyPlans: ["Team"] });
  await office.context().close();

  const { slug } = await people.found(page, "Coupon Cutters");
  await page.goto(`/t/${slug}/checkout?plan=studio`);
  const full = page.getByRole("button", { name: "Pay $88.00 and subscribe" });
  await expect(full).toBeEnabled();
  await page.getByRole("button", { name: "Add a promotion code" }).click();
  const field = page.getByLabel("Promotion code");
  for (const [code, words] of [
    ["NO-SUCH-CODE", /unknown, used up or over/],
    ["team-only", /not for the plan "Studio"/],
  ] as const) {
    await field.fill(code);
    await field.press("Enter");
    await expect(field).toHaveAccessibleDescription(words);
    await expect(field).toHaveValue(code);
    await expect(full).toBeEnabled();
  }
  await expectNoObstacles(page, "the checkout with a refused code");
  await page.setViewportSize({ width: 1280, height: 900 });

  await field.fill("start-20");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("main")).toContainText("Welcome: 20% off");
  const lower = page.getByRole("button", { name: "Pay $70.40 and subscribe" });
  await expect(lower).toBeEnabled();
  await expect(page.getByRole("region", { name: "What you pay" })).toContainText("−$16.00");
  await page.getByRole("button", { name: "Remove the code" }).click();
  await expect(full).toBeEnabled();
  await expect(field).toHaveValue("start-20");
  await field.press("Enter");
  await expect(lower).toBeEnabled();
  await fillCard(page, PAYS);
  await expectNoObstacles(page, "the checkout with a code");
  await page.setViewportSize({ width: 1280, height: 900 });
  await lower.click();
  await expect(page.getByRole("heading", { name: "Studio is active" })).toBeVisible();

  // It was for the first invoice.
  await clock.advance("1 month");
  await clock.advance("2h");
  const totals = async () => (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body.map(({ total }) => total);
  await expect.poll(totals).toEqual([88, 70.4]);
});
