/**
 * What a credit note takes back: its lines, with their share of the discounts and taxes of the lines they credit.
 *
 * Owns: the amounts of credit note lines. Parts of one invoice line are taken cumulatively, so that several credit notes
 * over the same line give back exactly its discounts and taxes, never a unit more or less:
 *
 *   line 1000, tax 83; credits of 333, 333 and 334 give back 28, 27 and 28 of the tax
 *
 * Refuses: storing anything, and deciding where the money goes (credit-notes.ts).
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { stepOf } from "../payments/currency-step";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { shareOf, unitAmountTimes } from "./amounts";
import { exclusiveTaxMinor, lineTaxes } from "./taxes";
import { decimalText } from "./wire";

/** One requested line: a part of an invoice's line, or an amount of its own. */
export interface CreditLineInput {
  type: "invoice_line_item" | "custom_line_item";
  invoice_line_item?: string | undefined;
  amount?: number | undefined;
  quantity?: number | undefined;
  description?: string | undefined;
  unit_amount?: number | undefined;
  unit_amount_decimal?: string | undefined;
  tax_rates?: string[] | undefined;
  tax_amounts?: Array<{ amount: number; tax_rate: string; taxable_amount: number }> | undefined;
  metadata?: Record<string, string> | undefined;
}

/** What a credit note has to look at while its lines are made. */
export interface CreditContext {
  tx: Transaction;
  invoice: Stripe.Invoice;
  /** The invoice's lines. */
  invoiceLines: readonly Stripe.InvoiceLineItem[];
  /** Lines of earlier credit notes of the invoice that still stand. */
  credited: readonly Stripe.CreditNoteLineItem[];
}

/** The lines of a credit note in the order asked for. Later lines count earlier ones of the same request as credited. */
export function creditLines(context: CreditContext, inputs: readonly CreditLineInput[]): Stripe.CreditNoteLineItem[] {
  const lines: Stripe.CreditNoteLineItem[] = [];
  for (const [index, input] of inputs.entries()) {
    const seen = { ...context, credited: [...context.credited, ...lines] };
    const at = `lines[${index}]`;
    lines.push(input.type === "invoice_line_item" ? partOfLine(seen, input, at) : customLine(seen, input, at));
  }
  return lines;
}

/**
 * The one line of a credit note that names nothing but a total. Where the invoice's taxes were calculated, its part of them
 * is inside, counted over all such notes together; otherwise it carries none.
 */
export function plainLine(context: Omit<CreditContext, "invoiceLines">, total: number): Stripe.CreditNoteLineItem {
  const { tx, invoice, credited } = context;
  const before = credited.reduce((sum, line) => sum + line.amount + exclusiveTaxMinor(line.taxes ?? []), 0);
  const step = stepOf(invoice.currency);
  const isTaxed = invoice.automatic_tax.enabled && invoice.total > 0;
  const taxes = (isTaxed ? (invoice.total_taxes ?? []) : []).map((tax) => {
    const part = (whole: number) =>
      shareOf(whole, before + total, invoice.total, step) - shareOf(whole, before, invoice.total, step);
    const taxable = tax.taxable_amount === null ? null : part(tax.taxable_amount);
    return { ...tax, amount: part(tax.amount), taxable_amount: taxable };
  });
  const amount = total - exclusiveTaxMinor(taxes);
  const unit = { unit_amount: amount, unit_amount_decimal: decimalText(String(amount)) };
  return { ...blank(tx), ...unit, amount, quantity: 1, taxes };
}

function partOfLine(context: CreditContext, input: CreditLineInput, at: string): Stripe.CreditNoteLineItem {
  const { tx } = context;
  const line = context.invoiceLines.find((candidate) => candidate.id === input.invoice_line_item);
  if (line === undefined) {
    throw invalidRequest(`The invoice has no line item '${input.invoice_line_item ?? ""}'.`, {
      code: input.invoice_line_item === undefined ? "parameter_missing" : "resource_missing",
      param: `${at}[invoice_line_item]`,
    });
  }
  for (const name of ["unit_amount", "unit_amount_decimal"] as const) {
    if (input[name] !== undefined) throw onlyFor("custom_line_item", `${at}[${name}]`);
  }
  const before = context.credited.filter((one) => one.invoice_line_item === line.id);
  const taken = before.reduce((sum, one) => sum + one.amount, 0);
  const amount = wantedPart(line, input, line.amount - taken, at);
  if (amount <= 0 || taken + amount > line.amount) {
    throw invalidRequest(
      `The credited amount must be positive and at most what is left of the line item, ${Math.max(0, line.amount - taken)}.`,
      { param: `${at}[amount]` },
    );
  }
  const step = stepOf(line.currency);
  const part = (whole: number) =>
    shareOf(whole, taken + amount, line.amount, step) - (taken === 0 ? 0 : shareOf(whole, taken, line.amount, step));
  const discounts = (line.discount_amounts ?? []).map((one) => ({
    amount: part(one.amount),
    discount: idOf(one.discount) ?? "",
  }));
  const discounted = sumOf(discounts);
  const taxes =
    chosenTaxes(context, input, amount - discounted, at) ??
    (line.taxes ?? []).map((tax) => ({
      ...tax,
      amount: part(tax.amount),
      taxable_amount: tax.taxable_amount === null ? null : part(tax.taxable_amount),
    }));
  return {
    ...blank(tx),
    amount,
    description: input.description ?? line.description,
    discount_amount: discounted,
    discount_amounts: discounts,
    invoice_line_item: line.id,
    metadata: input.metadata ?? {},
    pretax_credit_amounts: discounts.map((one) => ({ ...one, type: "discount" as const })),
    quantity: input.quantity ?? null,
    tax_rates: ratesOf(tx, taxes),
    taxes,
    type: "invoice_line_item",
    unit_amount: null,
    unit_amount_decimal: null,
  };
}

/** How much of a line is meant: an amount, so many of its units, or all that is left. */
function wantedPart(line: Stripe.InvoiceLineItem, input: CreditLineInput, left: number, at: string): number {
  if (input.amount !== undefined && input.quantity !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: amount, quantity.", { param: `${at}[amount]` });
  }
  if (input.amount !== undefined) return input.amount;
  if (input.quantity === undefined) return left;
  const units = line.quantity ?? 0;
  if (input.quantity > units) {
    throw invalidRequest(`The quantity to credit exceeds the line item's quantity, ${units}.`, {
      param: `${at}[quantity]`,
    });
  }
  return shareOf(line.amount, input.quantity, units, stepOf(line.currency));
}

function customLine(context: CreditContext, input: CreditLineInput, at: string): Stripe.CreditNoteLineItem {
  const { tx } = context;
  if (input.invoice_line_item !== undefined) throw onlyFor("invoice_line_item", `${at}[invoice_line_item]`);
  if (input.amount !== undefined) throw onlyFor("invoice_line_item", `${at}[amount]`);
  const unit = input.unit_amount_decimal ?? (input.unit_amount === undefined ? null : String(input.unit_amount));
  if (unit === null || input.description === undefined) {
    const name = input.description === undefined ? "description" : "unit_amount";
    throw invalidRequest(`Missing required param: ${at}[${name}].`, {
      code: "parameter_missing",
      param: `${at}[${name}]`,
    });
  }
  const quantity = input.quantity ?? 1;
  const amount = unitAmountTimes(unit, quantity, context.invoice.currency);
  if (amount <= 0) throw invalidRequest("A credit note's line must have a positive amount.", { param: at });
  const taxes = chosenTaxes(context, input, amount, at) ?? [];
  return {
    ...blank(tx),
    amount,
    description: input.description,
    metadata: input.metadata ?? {},
    quantity,
    tax_rates: ratesOf(tx, taxes),
    taxes,
    unit_amount: unit.includes(".") ? null : Number(unit),
    unit_amount_decimal: decimalText(unit),
  };
}

/** Taxes the caller states, by rates or by amounts; null when the line's own apply. */
function chosenTaxes(
  { tx, invoice }: CreditContext,
  input: CreditLineInput,
  amount: number,
  at: string,
): Stripe.CreditNoteLineItem.Tax[] | null {
  if (input.tax_rates !== undefined && input.tax_amounts !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: tax_amounts, tax_rates.", {
      param: `${at}[tax_rates]`,
    });
  }
  if (input.tax_rates !== undefined) {
    const rates = input.tax_rates.map((id) => tx.get("tax_rate", id, `${at}[tax_rates]`));
    return lineTaxes(amount, rates, invoice.customer_tax_exempt, invoice.currency);
  }
  if (input.tax_amounts === undefined) return null;
  return input.tax_amounts.map((given) => {
    const rate = tx.get("tax_rate", given.tax_rate, `${at}[tax_amounts]`);
    return {
      amount: given.amount,
      tax_behavior: rate.inclusive ? "inclusive" : "exclusive",
      tax_rate_details: { tax_rate: rate.id },
      taxability_reason: "not_available",
      taxable_amount: given.taxable_amount,
      type: "tax_rate_details",
    };
  });
}

function ratesOf(tx: Transaction, taxes: readonly Stripe.CreditNoteLineItem.Tax[]): Stripe.TaxRate[] {
  return taxes.flatMap((tax) => {
    const rate = tx.find("tax_rate", tax.tax_rate_details?.tax_rate ?? "");
    return rate === undefined ? [] : [rate];
  });
}

function blank(tx: Transaction): Stripe.CreditNoteLineItem {
  return {
    id: tx.newId("cnli"),
    object: "credit_note_line_item",
    amount: 0,
    description: null,
    discount_amount: 0,
    discount_amounts: [],
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: null,
    tax_rates: [],
    taxes: [],
    type: "custom_line_item",
    unit_amount: null,
    unit_amount_decimal: null,
  };
}

function onlyFor(type: string, param: string): Error {
  return invalidRequest(`${param} can only be given for a line of type ${type}.`, { param });
}

function sumOf(parts: readonly { amount: number }[]): number {
  return parts.reduce((sum, part) => sum + part.amount, 0);
}
