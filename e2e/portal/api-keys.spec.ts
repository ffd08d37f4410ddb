/** A key for the tenant's own services: shown once, good for one tenant, dead when revoked. */
import { expect, test } from "../fixtures";

test("A key is shown once, works over REST, and stops when it is revoked", async ({ page, people, rest }) => {
  const { slug } = await people.found(page, "Keyholders");
  await page.goto(`/t/${slug}/api-keys`);
  await page.getByRole("button", { name: "Create a key" }).click();
  await page.getByLabel("Name").fill("Job runner");
  await page.getByRole("button", { name: "Create key" }).click();
  const shown = page.getByRole("dialog", { name: "Your new key" });
  const key = await shown.getByLabel("API key").inputValue();
  await shown.getByRole("button", { name: "I saved it" }).click();

  const row = page.getByRole("row").filter({ hasText: "Job runner" });
  await expect(row).toContainText("never");
  await page.reload();
  await expect(row).toBeVisible();
  expect(await page.content()).not.toContain(key);

  const service = rest.with(key);
  const report = () => service.post(`/usage/${slug}`, { usage_type: "quantum_job", quantity: 1 });
  expect((await report()).status).toBe(201);
  await page.reload();
  await expect(row).not.toContainText("never");

  await row.getByRole("button", { name: "Revoke Job runner" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke key" }).click();
  await expect(row).toContainText("Revoked");
  expect(await report()).toMatchObject({ status: 401 });
});
