/**
 * The bank forms of the payment element: a US account by routing and account number, a SEPA account by IBAN.
 *
 * Stripe has people log in to a US bank; here typing the numbers stands for that, and the account is verified by
 * micro-deposits as typed accounts are. Both show the mandate under which the account will be debited.
 */
import { accountProblem, digitsOf, emailProblem, routingProblem } from "../bank/account";
import { formatIban, ibanCharacters, ibanProblem } from "../bank/iban";
import { problem } from "../card/problems";
import { type FrameConfig, type Parameters, text } from "../shared/protocol";
import { el } from "./dom";
import { Field, type FieldListener } from "./field";
import { businessName, defaultDetails, isNever, type MethodPanel, showsTerms } from "./method-panel";

/** A field for the holder's name. */
export function nameField(host: FieldListener): Field {
  return new Field(
    {
      name: "name",
      label: "Full name",
      autocomplete: "billing name",
      problem: (typed) => (typed.trim() === "" ? problem("incomplete_name") : null),
    },
    host,
  );
}

/** A field for the holder's e-mail address. */
export function emailField(host: FieldListener): Field {
  return new Field(
    {
      name: "email",
      label: "Email",
      autocomplete: "billing email",
      inputMode: "email",
      placeholder: "you@example.com",
      problem: emailProblem,
    },
    host,
  );
}

/** A field for an IBAN. */
export function ibanField(host: FieldListener, look: { isLabelHidden?: boolean; isErrorHidden?: boolean } = {}): Field {
  return new Field(
    {
      ...look,
      name: "iban",
      label: "IBAN",
      autocomplete: "off",
      placeholder: "DE00 0000 0000 0000 0000 00",
      format: formatIban,
      problem: ibanProblem,
    },
    host,
  );
}

/** Who the account belongs to: asked unless the page asks for it elsewhere. */
class Holder {
  readonly name: Field;
  readonly email: Field;
  private hasDefaults = false;

  constructor(host: FieldListener) {
    this.name = nameField(host);
    this.email = emailField(host);
  }

  configure(config: FrameConfig): void {
    this.name.root.hidden = isNever(config, "name") || config.isAddressElsewhere;
    this.email.root.hidden = isNever(config, "email") || config.isEmailElsewhere;
    if (this.hasDefaults) return;
    this.hasDefaults = true;
    const defaults = defaultDetails(config);
    if (text(defaults, "name") !== "") this.name.value = text(defaults, "name");
    if (text(defaults, "email") !== "") this.email.value = text(defaults, "email");
  }

  parameters(): Parameters {
    const details: Parameters = {};
    if (!this.name.isHidden) details.name = this.name.value.trim();
    if (!this.email.isHidden) details.email = this.email.value.trim();
    return Object.keys(details).length > 0 ? { billing_details: details } : {};
  }
}

/** Routing number, account number and whose account it is: the fields of a US account. */
export class UsAccountFields {
  readonly holderType: Field;
  readonly routing: Field;
  readonly account: Field;

  constructor(host: FieldListener) {
    this.holderType = new Field(
      {
        name: "holderType",
        label: "Account holder",
        autocomplete: "off",
        choices: [
          { value: "individual", label: "Individual" },
          { value: "company", label: "Company" },
        ],
        problem: () => null,
      },
      host,
    );
    const digits = { autocomplete: "off", inputMode: "numeric" } as const;
    this.routing = new Field(
      {
        ...digits,
        name: "routing",
        label: "Routing number",
        placeholder: "110000000",
        format: (typed) => digitsOf(typed, 9),
        problem: routingProblem,
      },
      host,
    );
    this.account = new Field(
      {
        ...digits,
        name: "account",
        label: "Account number",
        placeholder: "000123456789",
        format: (typed) => digitsOf(typed, 17),
        problem: accountProblem,
      },
      host,
    );
  }

  get all(): Field[] {
    return [this.holderType, this.routing, this.account];
  }

  parameters(): Parameters {
    return {
      account_holder_type: this.holderType.value,
      account_number: this.account.value,
      routing_number: this.routing.value,
    };
  }
}

/** The form for US bank accounts. */
export class UsBankPanel implements MethodPanel {
  readonly type = "us_bank_account";
  readonly label = "US bank account";
  readonly root: HTMLElement;
  private readonly holder: Holder;
  private readonly account: UsAccountFields;
  private readonly terms = el("p", { class: "TermsText", hidden: true });

  constructor(host: FieldListener) {
    this.holder = new Holder(host);
    this.account = new UsAccountFields(host);
    const grid = el("div", { class: "Grid" }, ...this.fields.map(({ root }) => root));
    const hint = el(
      "p",
      { class: "TermsText" },
      "Two small deposits will reach the account within a day or two. Their amounts or their code verify it.",
    );
    this.root = el("div", { class: "MethodForm" }, grid, hint, this.terms);
  }

  get fields(): Field[] {
    return [this.holder.name, this.holder.email, ...this.account.all];
  }

  get typed(): Field[] {
    return [this.account.routing, this.account.account];
  }

  configure(config: FrameConfig): void {
    this.holder.configure(config);
    this.terms.hidden = !showsTerms(config, "usBankAccount", true);
    this.terms.textContent = `You authorise ${businessName(config)} to debit this account for what you owe, now and later, until you revoke it in writing.`;
  }

  parameters(): Parameters {
    return { type: this.type, us_bank_account: this.account.parameters(), ...this.holder.parameters() };
  }
}

/** The form for SEPA accounts. */
export class SepaPanel implements MethodPanel {
  readonly type = "sepa_debit";
  readonly label = "SEPA Debit";
  readonly root: HTMLElement;
  private readonly holder: Holder;
  private readonly iban: Field;
  private readonly terms = el("p", { class: "TermsText", hidden: true });

  constructor(host: FieldListener) {
    this.holder = new Holder(host);
    this.iban = ibanField(host);
    const grid = el("div", { class: "Grid" }, ...this.fields.map(({ root }) => root));
    this.root = el("div", { class: "MethodForm" }, grid, this.terms);
  }

  get fields(): Field[] {
    return [this.iban, this.holder.name, this.holder.email];
  }

  get typed(): Field[] {
    return [this.iban];
  }

  configure(config: FrameConfig): void {
    this.holder.configure(config);
    this.terms.hidden = !showsTerms(config, "sepaDebit", true);
    this.terms.textContent = `By giving your IBAN you authorise ${businessName(config)} and its payment provider to debit this account, and your bank to carry it out. Your bank refunds a debit if you ask within eight weeks.`;
  }

  parameters(): Parameters {
    return { type: this.type, sepa_debit: { iban: ibanCharacters(this.iban.value) }, ...this.holder.parameters() };
  }
}
