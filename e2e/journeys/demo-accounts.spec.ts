/** One click into a demo account, and out again for good. */
import { expect, test } from "../fixtures";

test("A demo account opens with one click, and signing out ends its session", async ({ page, quittance }) => {
  // The demo itself is not grown for the specs; an account of its domain is all that it takes.
  await quittance("operators", "create", "--email", "operator@demo.quittance.local", "--name", "Olivia Operator");
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Sign in as the operator" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Revenue" })).toBeVisible();

  const cookies = await page.context().cookies();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("link", { name: "Sign up", exact: true })).toBeVisible();
  await page.goto("/admin");
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);

  // Somebody who kept the cookie has nothing: the session itself is gone.
  await page.context().addCookies(cookies);
  await page.goto("/admin");
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
});

test("Only accounts of the demo open without a link, and only for our own pages", async ({ page, people, baseURL }) => {
  const { email } = await people.found(page, "Not A Demo");
  await page.context().clearCookies();
  const signIn = (address: string, origin: string) =>
    page.request.post("/api/demo-sign-in", {
      form: { email: address },
      headers: { Origin: origin },
      maxRedirects: 0,
    });
  const own = new URL(baseURL ?? "").origin;
  expect((await signIn(email, own)).headers().location).toBe("/sign-in?error=DemoAccount");
  expect((await signIn("operator@demo.quittance.local", "https://elsewhere.example")).status()).toBe(403);
  await page.goto("/start");
  await expect(page).toHaveURL(/\/sign-in/);
});
