/** Stripe's fields as a person fills them, and the numbers of Stripe's test cards. */
import type { FrameLocator, Page } from "@playwright/test";

export const PAYS = "4242424242424242";
export const IS_DECLINED = "4000000000000002";
export const ASKS = "4000002500003155";
/** Asks at every payment, also once it is saved. */
export const ASKS_ALWAYS = "4000002760003184";
/** Can be saved; every charge of it is declined. */
export const FAILS_LATER = "4000000000000341";

/** The frame of the Payment Element. */
export function cardFields(page: Page): FrameLocator {
  return page.frameLocator('iframe[title="Secure payment input frame"]');
}

/** Types a card. */
export async function fillCard(page: Page, number: string): Promise<void> {
  const fields = cardFields(page);
  await fields.getByLabel("Card number").fill(number);
  await fields.getByLabel("Expiration date").fill("12 / 34");
  await fields.getByLabel("Security code").fill("123");
  await fields.getByLabel("Country or region").selectOption("US");
  await fields.getByLabel("ZIP code").fill("94103");
}

/** Answers the bank's question. */
export async function answerBank(page: Page, answer: "Complete" | "Fail"): Promise<void> {
  const name = "3D Secure 2 Test Page";
  const bank = page.getByRole("dialog", { name }).frameLocator(`iframe[title="${name}"]`);
  await bank.getByRole("button", { name: answer }).click();
}
