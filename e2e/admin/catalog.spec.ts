/** What the catalog file would change, as the operator reads it, and where a plan with an agreed price leads people. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expectNoObstacles } from "../accessibility";
import { expect, test } from "../fixtures";
import { ALL_KINDS } from "../own-settings";

test.use({ settings: ALL_KINDS });

const file = fileURLToPath(new URL(`../../${ALL_KINDS.CATALOG}`, import.meta.url));

test("An operator reads what the catalog file would change, whom it leaves behind, and that nothing is left", async ({
  page,
  browser,
  people,
  quittance,
}, info) => {
  await people.operator(page);
  await page.goto("/admin/catalog");
  const pending = page.getByRole("region", { name: "What the catalog file would change" });
  await expect(pending).toContainText("Nothing: the file says what is in force, here and at Stripe.");
  await expect(pending).toContainText("File: e2e/all-kinds.catalog.ts");

  await test.step("another catalog is put in force, and somebody pays by it", async () => {
    const other = info.outputPath("cheaper.mts");
    await writeFile(
      other,
      `import { catalog } from ${JSON.stringify(file)};
       const plans = catalog.plans.map((plan) => (plan.key === "studio" ? { ...plan, monthlyPrice: "45.00" } : plan));
       export default { ...catalog, plans, contact: "sales@all-kinds.example" };`,
    );
    await quittance("catalog", "apply", "--file", other);
    const theirs = await browser.newContext();
    await people.found(await theirs.newPage(), "Bargain Keepers", { key: "studio" });
    await theirs.close();
  });
  await test.step("the file now differs, field by field", async () => {
    await page.reload();
    await expect(pending).toContainText("Studio studio@1 is sold again; studio@2 is archived");
    await expect(pending).toContainText("monthlyPrice");
    await expect(pending).toContainText("45.00 becomes → 80.00");
    await expect(pending).toContainText("https://all-kinds.example/talk-to-us");
    const behind = pending.getByRole("table", { name: "Tenants by the version they would stay on" });
    await expect(behind.getByRole("row").filter({ hasText: "studio@2" })).toContainText("Bargain Keepers");
    await expect(pending.getByRole("button")).toHaveCount(0);
    await expectNoObstacles(page, "the catalog with a file that differs");
  });
  await quittance("catalog", "apply", "--file", ALL_KINDS.CATALOG);
  await page.reload();
  await expect(pending).toContainText("Nothing: the file says what is in force");
});

test("A plan whose price is agreed leads to the catalog's address", async ({ page, people }) => {
  await page.goto("/pricing");
  const contact = page.getByRole("link", { name: "Contact us about Enterprise" });
  await expect(contact).toHaveAttribute("href", "https://all-kinds.example/talk-to-us");
  const { slug } = await people.found(page, "Big Plans");
  await page.goto(`/t/${slug}/plan`);
  await expect(contact).toHaveAttribute("href", "https://all-kinds.example/talk-to-us");
  await expectNoObstacles(page, "plans of every kind");
});
