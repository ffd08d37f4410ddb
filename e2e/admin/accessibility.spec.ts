/** Every page of the operator's console is usable by everybody. */
import { expectPageWithoutObstacles } from "../accessibility";
import { test } from "../fixtures";

test("The operator's pages have no obstacles", async ({ page, browser, people }) => {
  const theirs = await browser.newContext();
  const tenant = await people.found(await theirs.newPage(), "Looked After", { key: "professional" });
  await theirs.close();
  await people.operator(page);
  const ofTenant = `/admin/tenants/${tenant.slug}`;
  const tenants = ["/admin/tenants", "/admin/tenants?q=nobody", ofTenant, `${ofTenant}/contract`];
  for (const path of [
    "/admin",
    ...tenants,
    "/admin/catalog",
    "/admin/promotions",
    "/admin/webhooks",
    `/t/${tenant.slug}`,
  ]) {
    await expectPageWithoutObstacles(page, path);
  }
});
