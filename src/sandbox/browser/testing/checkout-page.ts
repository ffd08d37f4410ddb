/** The merchant's page as a person sees it: fields by their labels, buttons by their names. */
import type { FrameLocator, Page } from "playwright";
import type { Merchant } from "./merchant";
import type { LogLine } from "./page";

/** A card that always pays. */
export const goodCard = "4242424242424242";

/** The page, and everything that was seen of it from outside the frames. */
export class CheckoutPage {
  /** Everything the page's own documents and requests showed, apart from frames of the sandbox. */
  readonly seen: string[] = [];
  readonly errors: string[] = [];

  constructor(
    readonly page: Page,
    private readonly merchant: Merchant,
  ) {
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (failure) => this.errors.push(failure.message));
    page.on("console", (message) => this.seen.push(message.text()));
    page.on("request", (request) => {
      const isOurs = request.frame() === page.mainFrame();
      if (isOurs) this.seen.push(request.url(), request.postData() ?? "", JSON.stringify(request.headers()));
    });
  }

  async open(query: Record<string, string>, awaited = "Card number"): Promise<void> {
    await this.page.goto(`${this.merchant.url}/?${new URLSearchParams(query)}`);
    await this.fields.getByLabel(awaited, { exact: true }).first().waitFor();
  }

  /** Calls Stripe.js from the page as an application without React would. */
  call(method: string, ...given: unknown[]): Promise<Result> {
    return this.page.evaluate(
      async ([name, values]) => {
        const make: unknown = Reflect.get(window, "Stripe");
        if (typeof make !== "function") throw new Error("Stripe.js is not there.");
        const stripe: object = make("pk_test_sandbox");
        try {
          const made: unknown = await Reflect.apply(Reflect.get(stripe, name), stripe, values);
          return JSON.parse(JSON.stringify(made));
        } catch (failure) {
          return { thrown: String(failure) };
        }
      },
      [method, given] as const,
    );
  }

  /** The frame with the card number, whichever element it belongs to. */
  get fields(): FrameLocator {
    const { page } = this;
    return page.frameLocator(
      'iframe[title="Secure payment input frame"], iframe[title="Secure card payment input frame"], iframe[title="Secure card number input frame"], iframe[title="Secure IBAN input frame"]',
    );
  }

  get address(): FrameLocator {
    return this.page.frameLocator('iframe[title="Secure address input frame"]');
  }

  get challenge(): FrameLocator {
    return this.page
      .getByRole("dialog", { name: "3D Secure 2 Test Page" })
      .frameLocator('iframe[title="3D Secure 2 Test Page"]');
  }

  get bank(): FrameLocator {
    return this.page
      .getByRole("dialog", { name: "Bank login test page" })
      .frameLocator('iframe[title="Bank login test page"]');
  }

  async fillUsAccount(number = "000123456789"): Promise<void> {
    await this.fields.getByLabel("Full name").fill("Ada Lovelace");
    await this.fields.getByLabel("Email").fill("ada@example.com");
    await this.fields.getByLabel("Routing number").fill("110000000");
    await this.fields.getByLabel("Account number").fill(number);
  }

  async fillCard(number: string): Promise<void> {
    await this.fields.getByLabel("Card number").fill(number);
    await this.fields.getByLabel("Expiration date").fill("12 / 34");
    await this.fields.getByLabel("Security code").fill("123");
    const postalCode = this.fields.getByLabel("ZIP code");
    if (await postalCode.isVisible()) await postalCode.fill("94103");
  }

  async fillAddress(): Promise<void> {
    await this.address.getByLabel("Full name").fill("Ada Lovelace");
    await this.address.getByLabel("Country or region").selectOption("US");
    await this.address.getByLabel("Address line 1").fill("1 Analytical Way");
    await this.address.getByLabel("City").fill("San Francisco");
    await this.address.getByLabel("State").selectOption("CA");
    await this.address.getByLabel("ZIP code").fill("94103");
  }

  async pay(): Promise<void> {
    await this.page.getByRole("button", { name: "Pay" }).click();
  }

  /** What the merchant's call resolved with. */
  async result(): Promise<Result> {
    const output = this.page.getByLabel("Result");
    await output.filter({ hasText: "{" }).waitFor();
    return JSON.parse((await output.textContent()) ?? "") as Result;
  }

  /** What the latest change event said. */
  async lastChange(): Promise<Record<string, unknown> | undefined> {
    return (await this.log()).filter(([event]) => event === "change").at(-1)?.[2];
  }

  /** The events of the elements so far. */
  async log(): Promise<LogLine[]> {
    return this.page.evaluate(() => Reflect.get(window, "log"));
  }
}

interface IntentLike {
  id: string;
  status: string;
  payment_method?: string | null;
  next_action?: { type: string } | null;
}

/** Parts of the results that tests read. */
export interface Result {
  error?: {
    type: string;
    code?: string;
    decline_code?: string;
    message: string;
    payment_intent?: IntentLike;
    setup_intent?: IntentLike;
  };
  paymentIntent?: IntentLike;
  setupIntent?: IntentLike;
  paymentMethod?: {
    id: string;
    card: { last4: string; brand: string };
    billing_details: { name: string | null; address: { line1: string | null; postal_code: string | null } };
  };
  confirmationToken?: { id: string };
  token?: { id: string; type: string };
  thrown?: string;
}
