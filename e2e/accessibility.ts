/** Looks at a page as everybody has it: on paper and on charcoal, on a wide screen and on a phone. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const SCHEMES = ["light", "dark"] as const;
const WIDTHS = [1280, 375] as const;
/** What depends on colours alone; everything else is the same in both schemes. */
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];
const GRAVE: ReadonlyArray<string | null | undefined> = ["serious", "critical"];

/** The page at hand has no grave obstacle in either colour scheme at either width, and never scrolls sideways. */
export async function expectNoObstacles(page: Page, name: string): Promise<void> {
  // Amounts that are being computed anew are dimmed meanwhile.
  await expect(page.locator('.skeleton, [aria-busy="true"]')).toHaveCount(0);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, `${name} at ${width} pixels is too wide`).toBeLessThanOrEqual(0);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
      expect
        .soft(
          await obstacles(page, colorScheme === "light" ? null : RULES_OF_COLOUR),
          `${name} at ${width} pixels, ${colorScheme}`,
        )
        .toEqual([]);
    }
  }
}

/** Opens a path and looks at it. */
export async function expectPageWithoutObstacles(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectNoObstacles(page, path);
}

/** Each grave finding as one line: the rule, and where it is broken. */
async function obstacles(page: Page, rules: string[] | null): Promise<string[]> {
  // Frames of another origin need a page of axe's own to put its findings together; other pages are read in one go.
  const axe = new AxeBuilder({ page }).setLegacyMode(page.frames().length === 1);
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations
    .filter(({ impact }) => GRAVE.includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
    );
}
