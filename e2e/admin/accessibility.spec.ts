/** Every page of the operator's console is usable by everybody. */
import { expectPageWithoutObstacles } from "../accessibility";
import { test } from "../fixtures";

test("The operator's pages have no obstacles", async ({ page, browser, people }) => {
  test.setTimeout(180_000);
  const theirs = await browser.newContext();
  const tenant = await people.found(await theirs.newPage(), "Looked After", { key: "professional" });
  await theirs.close();
  await people.operator(page);
  for (const path of ["/admin", "/admin/tenants", "/admin/tenants?q=nobody", "/admin/webhooks", `/t/${tenant.slug}`]) {
    await expectPageWithoutObstacles(page, path);
  }
});
