/** A plan that is sold by the seat: seats chosen at the checkout, more at once and fewer later, each to the cent. */
import type { Locator, Page } from "@playwright/test";
import { expectNoObstacles } from "../accessibility";
import { fillCard, PAYS } from "../cards";
import { expect, test } from "../fixtures";
import { ALL_KINDS } from "../own-settings";
import type { Rest } from "../rest";
import type { InvoiceRow } from "../statements";

test.use({ settings: ALL_KINDS });

test("Seats are chosen at the checkout, added for what the button says, and given back with the period", async ({
  page,
  people,
  clock,
  rest,
}) => {
  const { slug } = await people.found(page, "Many Chairs");
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("link", { name: "Choose Studio" }).click();
  const seats = page.getByLabel("Seats", { exact: true });
  await expect(seats).toHaveValue("3");
  await expect(seats).toHaveAccessibleDescription("3 seats included, then $10.00 a seat a month; at most 40");
  await expect(page.getByRole("button", { name: "One seat less" })).toBeDisabled();
  await page.getByRole("button", { name: "One seat more" }).click();
  await seats.fill("6");
  // 80.00 and three more seats at 10.00, with 10 % tax.
  const pay = page.getByRole("button", { name: "Pay $121.00 and subscribe" });
  await expect(pay).toBeEnabled();
  await seats.fill("99");
  await seats.blur();
  await expect(seats).toHaveValue("40");
  await expect(page.getByRole("button", { name: "Pay $495.00 and subscribe" })).toBeEnabled();
  await seats.fill("6");
  await fillCard(page, PAYS);
  await expect(pay).toBeEnabled();
  await expectNoObstacles(page, "the checkout with seats");
  await page.setViewportSize({ width: 1280, height: 900 });
  await pay.click();
  await expect(page.getByRole("heading", { name: "Studio is active" })).toBeVisible();
  expect(await invoices(rest, slug)).toEqual([121]);

  await clock.advance("10d");
  const dialog = await openSeats(page, slug, 6);
  await dialog.getByLabel("Seats", { exact: true }).fill("9");
  const add = dialog.getByRole("button", { name: /^Pay \$[\d.]+ and add 3 seats$/ });
  await expect(add).toBeEnabled();
  const announced = await amountOf(add);
  // Two thirds of 30.00 with 10 % tax, a little more or less with the length of the month.
  expect(announced).toBeGreaterThan(20);
  expect(announced).toBeLessThan(24);
  await expect(dialog).toContainText(`Due today$${announced.toFixed(2)}`);
  await expectNoObstacles(page, "the dialog for seats");
  await page.setViewportSize({ width: 1280, height: 900 });
  await add.click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("You have 9. More start at once")).toBeVisible();
  await expect.poll(() => invoices(rest, slug)).toEqual([announced, 121]);

  await test.step("fewer seats wait for the period's end and can be kept", async () => {
    const fewer = await openSeats(page, slug, 9);
    await fewer.getByLabel("Seats", { exact: true }).fill("4");
    await fewer.getByRole("button", { name: /^Give back 5 seats on \d{1,2} \w+ \d{4}$/ }).click();
    await expect(fewer).toHaveCount(0);
    const notice = page.getByRole("region", { name: "Studio will have 4 seats" });
    await expect(notice).toContainText("It stays at 9 seats until");
    await expectNoObstacles(page, "the plan with seats to be given back");
    await page.setViewportSize({ width: 1280, height: 900 });
    await clock.advance("1 month");
    await clock.advance("2h");
    // 80.00 and one more seat, with 10 % tax.
    await expect.poll(() => invoices(rest, slug)).toEqual([99, announced, 121]);
    await page.reload();
    await expect(notice).toHaveCount(0);
    await expect(page.getByText("You have 4. More start at once")).toBeVisible();
  });
});

async function openSeats(page: Page, slug: string, held: number): Promise<Locator> {
  await page.goto(`/t/${slug}/plan`);
  await page.getByRole("button", { name: "Change the seats" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the seats" });
  await expect(dialog.getByLabel("Seats", { exact: true })).toHaveValue(String(held));
  await expect(dialog).toContainText("This is what you have.");
  return dialog;
}

async function amountOf(button: Locator): Promise<number> {
  return Number(/\$([\d.]+)/.exec((await button.textContent()) ?? "")?.[1]);
}

async function invoices(rest: Rest, slug: string): Promise<number[]> {
  return (await rest.get<InvoiceRow[]>(`/invoices/${slug}`)).body.map(({ total }) => total);
}
