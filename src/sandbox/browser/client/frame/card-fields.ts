/** Number, expiration date and security code: the fields that every card form is made of, alone and together. */
import { brandOf, type CardBrand, rangeOf } from "../card/brands";
import { cvcProblem, formatCvc } from "../card/cvc";
import { expiryProblem, formatExpiry, parseExpiry } from "../card/expiry";
import { formatNumber, numberDigits, numberProblem } from "../card/number";
import type { Parameters } from "../shared/protocol";
import { thisMonth } from "./clock";
import { Field, type FieldListener } from "./field";

/** Looks that differ between the single line and the stacked form. */
export interface CardLook {
  isLabelHidden: boolean;
  isErrorHidden: boolean;
  numberPlaceholder: string;
  cvcPlaceholder: string;
}

/** Labels above, problems below: the payment element. */
export const stackedLook: CardLook = {
  isLabelHidden: false,
  isErrorHidden: false,
  numberPlaceholder: "1234 1234 1234 1234",
  cvcPlaceholder: "CVC",
};
/** No room for words: the card elements, whose page shows the problem. */
export const lineLook: CardLook = {
  isLabelHidden: true,
  isErrorHidden: true,
  numberPlaceholder: "Card number",
  cvcPlaceholder: "CVC",
};

/** The field for the card number. */
export function numberField(look: CardLook, listener: FieldListener): Field {
  return new Field(
    {
      ...look,
      name: "number",
      label: "Card number",
      autocomplete: "cc-number",
      inputMode: "numeric",
      placeholder: look.numberPlaceholder,
      format: formatNumber,
      problem: numberProblem,
    },
    listener,
  );
}

/** The field for the expiration date. */
export function expiryField(look: CardLook, listener: FieldListener): Field {
  return new Field(
    {
      ...look,
      name: "expiry",
      label: "Expiration date",
      autocomplete: "cc-exp",
      inputMode: "numeric",
      placeholder: "MM / YY",
      format: formatExpiry,
      problem: (typed) => expiryProblem(typed, thisMonth()),
    },
    listener,
  );
}

/** The field for the security code, whose length depends on the brand. */
export function cvcField(look: CardLook, listener: FieldListener, brand: () => CardBrand): Field {
  return new Field(
    {
      ...look,
      name: "cvc",
      label: "Security code",
      autocomplete: "cc-csc",
      inputMode: "numeric",
      placeholder: look.cvcPlaceholder,
      format: (typed) => formatCvc(typed, brand()),
      problem: (typed) => cvcProblem(typed, brand()),
    },
    listener,
  );
}

/** A finished field hands focus on, as long as the person types at its end. */
export function handOn(from: Field, to: Field): void {
  const isFocused = document.activeElement === from.control;
  if (isFocused && from.value !== "" && from.problem === null && from.isCaretAtEnd) to.control.focus();
}

/** A card number may be finished and still go on (UnionPay); only the longest form hands focus on. */
function isLongestNumber(typed: string): boolean {
  return numberDigits(typed).length === Math.max(...rangeOf(numberDigits(typed)).lengths);
}

/** Card parameters of the API from typed texts. */
export function cardParameters(number: string, expiry: string, cvc: string): Parameters {
  const date = parseExpiry(expiry);
  return { number: numberDigits(number), exp_month: date?.month, exp_year: date?.year, cvc: cvc.trim() };
}

/** The brand of a typed number. */
export function typedBrand(number: string): CardBrand {
  return brandOf(numberDigits(number));
}

/** A listener that does something of its own before the host hears of a change. */
export function listening(host: FieldListener, before: () => void = () => undefined): FieldListener {
  return {
    ...host,
    changed: () => {
      before();
      host.changed();
    },
  };
}

/** What the form around a card's fields adds to them. */
export interface CardSurroundings {
  /** Hears the brand whenever it changes, and once at the beginning. */
  showBrand(brand: CardBrand): void;
  /** The field that follows the security code, if the focus is to go there. */
  next(): Field | null;
}

/** The three fields of a card, working together: the brand decides the code's length, a finished field hands on. */
export class CardFields {
  readonly number: Field;
  readonly expiry: Field;
  readonly cvc: Field;
  private shownBrand: CardBrand | null = null;

  constructor(
    look: CardLook,
    host: FieldListener,
    private readonly surroundings: CardSurroundings,
  ) {
    this.number = numberField(
      look,
      listening(host, () => this.afterNumber()),
    );
    this.expiry = expiryField(
      look,
      listening(host, () => handOn(this.expiry, this.cvc)),
    );
    this.cvc = cvcField(
      look,
      listening(host, () => this.afterCvc()),
      () => this.brand,
    );
  }

  get brand(): CardBrand {
    return typedBrand(this.number.value);
  }

  get all(): Field[] {
    return [this.number, this.expiry, this.cvc];
  }

  private afterNumber(): void {
    this.showBrand();
    // What was typed as a code may be too long or too short for the new brand.
    this.cvc.value = this.cvc.value;
    if (isLongestNumber(this.number.value)) handOn(this.number, this.expiry);
  }

  private afterCvc(): void {
    const next = this.surroundings.next();
    if (next !== null && this.brand !== "unknown") handOn(this.cvc, next);
  }

  /** Tells the surroundings the brand, unless they know it. */
  showBrand(): void {
    const { brand } = this;
    if (brand === this.shownBrand) return;
    this.shownBrand = brand;
    this.surroundings.showBrand(brand);
  }

  /** The card as parameters of the API. */
  parameters(): Parameters {
    return cardParameters(this.number.value, this.expiry.value, this.cvc.value);
  }
}
