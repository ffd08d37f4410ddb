/** The form of a contract: what was typed over a base plan, what is wrong with it, and what differs from the plan. */
import type { Allowance, SeatTerms } from "@/billing/catalog/model";
import { quantityText, unitPriceText } from "@/ui/money";
import { reasonError, textError } from "../../../../_components/typed";

/** A plan a contract can be laid over. */
export interface BasePlan {
  key: string;
  name: string;
  monthlyPrice: string | null;
  annualPrice: string | null;
  maxUsers: number | null;
  seats: SeatTerms | null;
  meters: BaseMeter[];
}

/** A meter as the base plan has it. */
export interface BaseMeter {
  key: string;
  name: string;
  unit: string;
  unitPlural: string;
  allowance: Allowance;
  /** Its overage price in words; null when none is charged. */
  overage: string | null;
}

/** One meter as typed; an empty quantity is without limit, an empty price charges nothing. */
export interface MeterForm {
  included: string;
  limit: "hard" | "soft";
  /** Per unit; null where the base plan has steps, which the contract keeps. */
  unitPrice: string | null;
}

/** The form as it stands. */
export interface ContractFormState {
  base: string;
  name: string;
  monthlyPrice: string;
  annualPrice: string;
  maxUsers: string;
  sellsSeats: boolean;
  seatsIncluded: string;
  seatMonthly: string;
  seatAnnual: string;
  seatsMost: string;
  meters: Record<string, MeterForm>;
  reason: string;
}

/** What is wrong, by field; of meters, `included:<key>` and `price:<key>`. */
export type ContractErrors = Partial<Record<string, string>>;

const NAME_MOST = 120;
const PRICE = /^\d{1,12}(\.\d{1,12})?$/;

/** The form that says just what the base plan says. */
export function formOf(base: BasePlan): ContractFormState {
  const { seats } = base;
  return {
    ...{ base: base.key, name: "", reason: "" },
    monthlyPrice: base.monthlyPrice ?? "",
    annualPrice: base.annualPrice ?? "",
    maxUsers: base.maxUsers === null ? "" : String(base.maxUsers),
    sellsSeats: seats !== null,
    seatsIncluded: seats === null ? "" : String(seats.included),
    seatMonthly: seats?.monthlyPrice ?? "",
    seatAnnual: seats?.annualPrice ?? "",
    seatsMost: seats?.max ? String(seats.max) : "",
    meters: Object.fromEntries(base.meters.map((meter) => [meter.key, meterForm(meter.allowance)])),
  };
}

function meterForm({ included, limit, overage }: Allowance): MeterForm {
  const unitPrice = overage === null ? "" : overage.model === "per_unit" ? overage.unitPrice : null;
  return { included: included ?? "", limit, unitPrice };
}

/** Reads what was typed; the server looks again, with the catalog's own rules. */
export function contractErrors(form: ContractFormState): ContractErrors {
  const errors: ContractErrors = {};
  if (form.monthlyPrice === "" && form.annualPrice === "") errors.monthlyPrice = "A price by the month or by the year.";
  for (const field of ["monthlyPrice", "annualPrice", "seatMonthly", "seatAnnual"] as const) {
    if (form[field] !== "" && !PRICE.test(form[field])) errors[field] = "Figures alone, such as 499.00.";
  }
  if (form.maxUsers !== "" && !isCount(form.maxUsers)) errors.maxUsers = "A whole number, or empty.";
  if (form.sellsSeats) {
    if (!/^\d{1,6}$/.test(form.seatsIncluded)) errors.seatsIncluded = "A whole number; 0 is one too.";
    if (form.seatsMost !== "" && !isCount(form.seatsMost)) errors.seatsMost = "A whole number, or empty.";
  }
  for (const [key, meter] of Object.entries(form.meters)) {
    if (meter.included !== "" && !PRICE.test(meter.included))
      errors[`included:${key}`] = "A quantity such as 1000, or empty.";
    if (chargesMore(meter) && meter.unitPrice && !PRICE.test(meter.unitPrice))
      errors[`price:${key}`] = "An amount such as 0.05, or empty.";
  }
  const ofName = form.name.trim() === "" ? null : textError(form.name, "", NAME_MOST);
  if (ofName !== null) errors.name = ofName;
  const ofReason = reasonError(form.reason, "Say why: it is kept in the audit log.");
  if (ofReason !== null) errors.reason = ofReason;
  return errors;
}

function isCount(text: string): boolean {
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0;
}

/** Whether more than what is included is sold: there is a limit, and it does not refuse. */
export function chargesMore({ included, limit }: MeterForm): boolean {
  return included !== "" && limit === "soft";
}

/** What the form comes to, in the words of `makeContract`. */
export function contractInput(form: ContractFormState, base: BasePlan) {
  const priceOr = (text: string) => (text === "" ? null : text);
  const seats: SeatTerms | null = form.sellsSeats
    ? {
        included: Number(form.seatsIncluded),
        monthlyPrice: priceOr(form.seatMonthly),
        annualPrice: priceOr(form.seatAnnual),
        max: form.seatsMost === "" ? null : Number(form.seatsMost),
      }
    : null;
  return {
    basePlanKey: base.key,
    ...(form.name.trim() !== "" && { name: form.name.trim() }),
    monthlyPrice: priceOr(form.monthlyPrice),
    annualPrice: priceOr(form.annualPrice),
    maxUsers: form.maxUsers === "" ? null : Number(form.maxUsers),
    seats,
    allowances: base.meters.filter((meter) => differs(meter, form)).map((meter) => allowanceOf(meter, form)),
    reason: form.reason.trim(),
  };
}

function allowanceOf(meter: BaseMeter, form: ContractFormState): Allowance {
  const typed = form.meters[meter.key] ?? meterForm(meter.allowance);
  const { unitPrice } = typed;
  const overage = !chargesMore(typed)
    ? null
    : unitPrice === null
      ? meter.allowance.overage
      : unitPrice === ""
        ? null
        : ({ model: "per_unit", unitPrice } as const);
  return { meter: meter.key, included: typed.included === "" ? null : typed.included, limit: typed.limit, overage };
}

function differs(meter: BaseMeter, form: ContractFormState): boolean {
  const before = meterForm(meter.allowance);
  const typed = form.meters[meter.key] ?? before;
  return typed.included !== before.included || typed.limit !== before.limit || typed.unitPrice !== before.unitPrice;
}

/** A term that is not the base plan's. */
export interface Difference {
  what: string;
  before: string;
  after: string;
}

/** Everything that differs from the base plan, to be read before the contract is made. */
export function differencesOf(form: ContractFormState, base: BasePlan, currency: string): Difference[] {
  const price = (text: string | null) => (text === null || text === "" ? "not sold" : priceText(text, currency));
  const count = (text: string | number | null) => (text === null || text === "" ? "no limit" : String(text));
  const rows: Difference[] = [
    { what: "Price a month", before: price(base.monthlyPrice), after: price(form.monthlyPrice) },
    { what: "Price a year", before: price(base.annualPrice), after: price(form.annualPrice) },
    { what: "People", before: count(base.maxUsers), after: count(form.maxUsers) },
    { what: "Seats", before: seatText(formOf(base), currency), after: seatText(form, currency) },
    ...base.meters.map((meter) => ({
      what: meter.name,
      before: meterText(meter, meterForm(meter.allowance), currency),
      after: meterText(meter, form.meters[meter.key] ?? meterForm(meter.allowance), currency),
    })),
  ];
  return rows.filter(({ before, after }) => before !== after);
}

/** A price as money as soon as it is one; what else was typed, as it was typed. */
function priceText(text: string, currency: string): string {
  return PRICE.test(text) ? unitPriceText(text, currency) : text;
}

function seatText(form: ContractFormState, currency: string): string {
  if (!form.sellsSeats) return "not sold";
  const most = form.seatsMost === "" ? "" : `, at most ${form.seatsMost}`;
  const prices = [
    form.seatMonthly && `${priceText(form.seatMonthly, currency)} a month`,
    form.seatAnnual && `${priceText(form.seatAnnual, currency)} a year`,
  ];
  return `${form.seatsIncluded} included, one more ${prices.filter(Boolean).join(" or ") || "not sold"}${most}`;
}

function meterText(meter: BaseMeter, { included, limit, unitPrice }: MeterForm, currency: string): string {
  if (included === "") return "no limit";
  const beyond =
    limit === "hard"
      ? "then refused"
      : unitPrice === null
        ? `then ${meter.overage}`
        : unitPrice === ""
          ? "more at no charge"
          : `then ${priceText(unitPrice, currency)} per ${meter.unit}`;
  return `${PRICE.test(included) ? quantityText(included) : included} ${meter.unitPlural}, ${beyond}`;
}
