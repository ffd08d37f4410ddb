/**
 * The page that stands for logging in to a US bank, in the overlay above the application: a test account that is verified
 * by the login, or numbers typed by hand, which micro-deposits have to verify.
 *
 * What is typed goes from here to the sandbox; the page hears only that there is an account now.
 */
import type { FrameConfig, Json } from "../shared/protocol";
import { isJson, part, text } from "../shared/protocol";
import { UsAccountFields } from "./bank-panels";
import { el } from "./dom";
import { focusFirst, revealAll } from "./form";
import type { OverlayPage } from "./overlay-page";

const accounts: ReadonlyArray<[id: string, label: string]> = [
  ["pm_usBankAccount_success", "Checking ••6789, pays"],
  ["pm_usBankAccount_insufficientFunds", "Checking ••2227, too little on it"],
  ["pm_usBankAccount_accountClosed", "Checking ••1113, closed"],
  ["pm_usBankAccount_dispute", "Checking ••5559, disputes the debit"],
];

/** What the page hears of: an account was chosen, or the person closed the page. */
type Outcome = "succeed" | "fail";

/** The page; `finished` hears when the sandbox has the account, or that there is none. */
export class BankLoginPage implements OverlayPage {
  readonly root: HTMLElement;
  private readonly failure = el("p", { class: "Error", role: "alert" });
  private readonly login: HTMLElement;
  private readonly manual: HTMLElement;
  private readonly fields: UsAccountFields;
  private billingDetails: Json = {};

  constructor(
    private readonly clientSecret: string,
    private readonly finished: (outcome: Outcome) => void,
  ) {
    const nothing = () => undefined;
    this.fields = new UsAccountFields({
      changed: nothing,
      focused: nothing,
      blurred: nothing,
      escaped: nothing,
      entered: () => void this.sendTyped(),
    });
    this.login = this.loginPart();
    this.manual = this.manualPart();
    this.manual.hidden = true;
    this.root = el(
      "main",
      { class: "Challenge" },
      el("p", { class: "Eyebrow" }, "Stripe sandbox · your bank"),
      el("h1", {}, "Choose a bank account"),
      this.login,
      this.manual,
      this.failure,
    );
  }

  private button(label: string, act: () => void, isPrimary = false): HTMLButtonElement {
    const button = el("button", { type: "button", class: `Button${isPrimary ? " Button--primary" : ""}` }, label);
    button.addEventListener("click", act);
    return button;
  }

  private loginPart(): HTMLElement {
    const buttons = accounts.map(([id, label]) => this.button(label, () => void this.send({ payment_method: id })));
    const other = this.button("Enter bank details manually", () => this.showManual());
    const cancel = this.button("Cancel", () => this.finished("fail"));
    return el(
      "div",
      { class: "Stack" },
      el("p", {}, "Your bank would ask you to log in. These test accounts are verified at once."),
      ...buttons,
      el("div", { class: "Actions" }, other, cancel),
    );
  }

  private manualPart(): HTMLElement {
    const connect = this.button("Connect account", () => void this.sendTyped(), true);
    const cancel = this.button("Cancel", () => this.finished("fail"));
    const grid = el("div", { class: "Grid" }, ...this.fields.all.map(({ root }) => root));
    return el("div", { class: "Form Stack" }, grid, el("div", { class: "Actions" }, connect, cancel));
  }

  private showManual(): void {
    this.login.hidden = true;
    this.manual.hidden = false;
    focusFirst(this.fields.all);
  }

  private async sendTyped(): Promise<void> {
    if (revealAll(this.fields.all) !== null) {
      focusFirst(this.fields.all);
      return;
    }
    await this.send({ us_bank_account: this.fields.parameters() });
  }

  private async send(account: object): Promise<void> {
    this.failure.textContent = "";
    const refusal = await recordAccount({
      client_secret: this.clientSecret,
      billing_details: this.billingDetails,
      ...account,
    });
    if (refusal === null) this.finished("succeed");
    else this.failure.textContent = refusal;
  }

  configure(config: FrameConfig): void {
    this.billingDetails = part(config.options, "billingDetails");
  }

  focus(): void {
    this.root.querySelector<HTMLElement>("button")?.focus();
  }

  async giveUp(): Promise<void> {
    this.finished("fail");
  }
}

/** Gives the account to the intent; null when done, otherwise why the sandbox refused. */
async function recordAccount(body: object): Promise<string | null> {
  try {
    const response = await fetch("/_sandbox/bank-login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) return null;
    const answer: unknown = await response.json();
    return text(part(isJson(answer) ? answer : {}, "error"), "message") || "The account could not be connected.";
  } catch {
    return "The sandbox could not be reached.";
  }
}
