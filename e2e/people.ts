/**
 * People and organisations for specs whose subject is something else: signed in by the same link a person clicks, and on a
 * paid plan by the same REST call a service makes, only without walking through the pages.
 */
import { randomUUID } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import type { Quittance } from "./fixtures";
import type { Rest } from "./rest";

/** An organisation whose owner is signed in. */
export interface Organisation {
  slug: string;
  name: string;
  email: string;
}

/** Signs people in and founds organisations. */
export class People {
  constructor(
    private readonly quittance: Quittance,
    private readonly rest: Rest,
  ) {}

  /** Signs the page's browser in as the person with this address and opens a path of ours. */
  async signIn(page: Page, email: string, path = "/start"): Promise<void> {
    const { request } = page;
    const { csrfToken } = (await (await request.get("/api/auth/csrf")).json()) as { csrfToken: string };
    const form = { csrfToken, email, callbackUrl: path, json: "true" };
    const asked = await request.post("/api/auth/signin/email", { form });
    expect(asked.ok()).toBe(true);
    await page.goto(linkFor(await (await request.get("/dev/mailbox")).text(), email));
  }

  /** Founds an organisation on the free plan with the page's browser as its owner, and starts a plan when one is named. */
  async found(page: Page, name: string, plan?: { key: string; card?: string }): Promise<Organisation> {
    const email = `${randomUUID().slice(0, 8)}@${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.example`;
    await this.signIn(page, email, `/welcome?organisation=${encodeURIComponent(name)}`);
    await page.waitForURL(/\/t\/[^/]+$/);
    const slug = new URL(page.url()).pathname.slice("/t/".length);
    if (plan) await this.subscribe(slug, plan.key, plan.card ?? "pm_card_visa");
    return { slug, name, email };
  }

  /** Starts a paid plan and waits until Stripe's webhooks have put it in force and brought its invoice. */
  async subscribe(slug: string, plan: string, card: string): Promise<void> {
    const body = { tenant_id: slug, plan, billing_cycle: "monthly", payment_method_id: card };
    expect((await this.rest.post("/subscriptions", body)).status).toBe(201);
    await expect
      .poll(async () => (await this.rest.get(`/subscriptions/${slug}`)).body)
      .toMatchObject({ plan, status: "active" });
    await expect
      .poll(async () => (await this.rest.get(`/invoices/${slug}?limit=1`)).body)
      .toMatchObject([{ status: "paid" }]);
  }

  /** Signs the page's browser in as an operator. */
  async operator(page: Page): Promise<void> {
    const email = "olivia@quittance.example";
    await this.quittance("operators", "create", "--email", email, "--name", "Olivia Operator");
    await this.signIn(page, email, "/admin");
  }
}

/** The newest sign-in link for an address on the page of the development mailbox. */
function linkFor(html: string, email: string): string {
  const links = [...html.matchAll(/href="([^"]*\/api\/auth\/callback\/email[^"]*)"/g)];
  const found = links
    .map(([, href = ""]) => new URL(href.replaceAll("&amp;", "&")))
    .find((link) => link.searchParams.get("email") === email);
  if (!found) throw new Error(`The mailbox has no sign-in link for ${email}.`);
  return found.href;
}
