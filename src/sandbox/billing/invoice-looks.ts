/**
 * How an invoice looks and which ways to pay it offers: fields of a draft that never change its amounts.
 *
 * Owns: their parameters and what they set. Refuses: rendering templates, which the sandbox does not have.
 */
import type Stripe from "stripe";
import { hash, type Infer, list, oneOf, string } from "../http/params";

/** The parameters of an invoice's looks, as create and update take them. */
export const looksSchema = {
  custom_fields: list(
    hash({ name: string({ maxLength: 40 }).required(), value: string({ maxLength: 140 }).required() }),
    { maximum: 4 },
  ),
  payment_settings: hash({ payment_method_types: list(oneOf("card", "us_bank_account", "sepa_debit")) }, [
    "default_mandate",
    "payment_method_options",
  ]),
  rendering: hash(
    {
      amount_tax_display: oneOf("exclude_tax", "include_inclusive_tax").clearable(),
      pdf: hash({ page_size: oneOf("a4", "auto", "letter") }),
    },
    ["template", "template_version"],
  ),
};

/** Given looks, all optional. */
export type LooksParameters = Partial<Infer<typeof looksSchema>>;

/** The fields that follow from given looks; what is not given stays. */
export function looksChange(before: Stripe.Invoice, params: LooksParameters): Partial<Stripe.Invoice> {
  const change: Partial<Stripe.Invoice> = {};
  const { custom_fields: fields, payment_settings: payment, rendering } = params;
  if (fields !== undefined) change.custom_fields = fields.length === 0 ? null : fields;
  if (payment?.payment_method_types !== undefined) {
    const types = payment.payment_method_types;
    change.payment_settings = { ...before.payment_settings, payment_method_types: types.length === 0 ? null : types };
  }
  if (rendering !== undefined) {
    const now = before.rendering ?? { amount_tax_display: null, pdf: null, template: null, template_version: null };
    const display = rendering.amount_tax_display;
    const size = rendering.pdf?.page_size;
    change.rendering = {
      ...now,
      amount_tax_display: display === undefined ? now.amount_tax_display : display,
      pdf: size === undefined ? now.pdf : { page_size: size },
    };
  }
  return change;
}
