/**
 * The page a bank would show, in the overlay above the application: asks how the authentication shall end, and tells the
 * sandbox. After a redirect the sandbox's control shows a page of its own instead.
 */
import { type FrameConfig, isJson, part, text } from "../shared/protocol";
import { el } from "./dom";
import type { OverlayPage } from "./overlay-page";

/** What the sandbox shall record. */
type Outcome = "succeed" | "fail";

/** Records the outcome; null when done, otherwise why the sandbox refused. */
async function recordOutcome(clientSecret: string, outcome: Outcome): Promise<string | null> {
  try {
    const response = await fetch("/_sandbox/authenticate", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ client_secret: clientSecret, outcome }),
    });
    if (response.ok) return null;
    const body: unknown = await response.json();
    return text(part(body, "error"), "message") || "The authentication could not be recorded.";
  } catch {
    return "The sandbox could not be reached.";
  }
}

/** "$13.34" of minor units, in the way of the currency. */
function amountText(amount: unknown, currency: string): string {
  if (typeof amount !== "number" || amount <= 0 || currency === "") return "";
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency: currency.toUpperCase() });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** The page; `finished` hears when the sandbox has recorded the choice. */
export class ThreeDSecurePage implements OverlayPage {
  readonly root: HTMLElement;
  private readonly amount = el("p", { class: "Amount", hidden: true });
  private readonly failure = el("p", { class: "Error", role: "alert" });
  private readonly complete = el("button", { type: "button", class: "Button Button--primary" }, "Complete");
  private readonly fail = el("button", { type: "button", class: "Button" }, "Fail");

  constructor(
    private readonly clientSecret: string,
    private readonly finished: (outcome: Outcome) => void,
  ) {
    this.complete.addEventListener("click", () => void this.choose("succeed"));
    this.fail.addEventListener("click", () => void this.choose("fail"));
    this.root = el(
      "main",
      { class: "Challenge" },
      el("p", { class: "Eyebrow" }, "Stripe sandbox · your bank"),
      el("h1", {}, "3D Secure 2 Test Page"),
      this.amount,
      el("p", {}, "Your bank would now ask whether it is you. Choose how that ends."),
      el("div", { class: "Actions" }, this.complete, this.fail),
      this.failure,
    );
  }

  configure(config: FrameConfig): void {
    const { amount, currency } = config.session ?? { amount: null, currency: null };
    const shown = amountText(amount, currency ?? "");
    this.amount.hidden = shown === "";
    this.amount.textContent = shown;
  }

  focus(): void {
    this.complete.focus();
  }

  /** Closing the overlay means that the authentication failed. */
  giveUp(): Promise<void> {
    return this.choose("fail");
  }

  /** Records an outcome. */
  private async choose(outcome: Outcome): Promise<void> {
    this.complete.disabled = true;
    this.fail.disabled = true;
    const refusal = await recordOutcome(this.clientSecret, outcome);
    if (refusal === null) {
      this.finished(outcome);
      return;
    }
    this.failure.textContent = refusal;
    this.complete.disabled = false;
    this.fail.disabled = false;
  }
}

/** The overlay's page speaks through its channel only when the parameters are an object. */
export function challengeSecret(config: FrameConfig): string {
  return isJson(config.options) ? text(config.options, "clientSecret") : "";
}
