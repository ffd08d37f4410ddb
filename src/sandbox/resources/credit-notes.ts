/** /v1/credit_notes: parameters and answers. What a credit note does is in billing/credit-notes.ts. */
import { type CreditNoteInput, draftCreditNote, issueCreditNote, voidCreditNote } from "../billing/credit-notes";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  applyMetadata,
  decimal,
  hash,
  type Infer,
  inTimeRange,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timeRange,
  timestamp,
} from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { idOf } from "../store/indexes";
import { previousAttributes } from "../webhooks/previous-attributes";

const amount = () => integer({ minimum: 0, maximum: 999_999_999_999 });

const creditLine = hash({
  amount: integer({ minimum: 1 }),
  description: string(),
  invoice_line_item: string(),
  metadata: metadata(),
  quantity: integer({ minimum: 1, maximum: 1_000_000_000 }),
  tax_amounts: list(
    hash({ amount: amount().required(), tax_rate: string().required(), taxable_amount: amount().required() }),
  ),
  tax_rates: list(string(), { maximum: 5 }),
  type: oneOf("invoice_line_item", "custom_line_item").required(),
  unit_amount: amount(),
  unit_amount_decimal: decimal({ minimum: 0 }),
});

const terms = {
  amount: integer({ minimum: 1, maximum: 999_999_999_999 }),
  credit_amount: amount(),
  effective_at: timestamp(),
  email_type: oneOf("credit_note", "none"),
  invoice: string().required(),
  lines: list(creditLine, { maximum: 250 }),
  memo: string(),
  metadata: metadata(),
  out_of_band_amount: amount(),
  reason: oneOf("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
  refund_amount: amount(),
  refunds: list(
    hash({ amount_refunded: integer({ minimum: 1 }), refund: string(), type: oneOf("refund") }, [
      "payment_record_refund",
    ]),
  ),
};

const unsupported = ["shipping_cost"];

/** The request as billing takes it. The sandbox sends no mail, so `email_type` has nothing to decide. */
function inputOf(params: Infer<typeof terms>): CreditNoteInput {
  const { metadata: change, email_type: _email, lines, ...rest } = params;
  if (rest.effective_at !== undefined && rest.effective_at > 4_102_444_800) {
    throw invalidRequest("effective_at is too far in the future.", { param: "effective_at" });
  }
  return {
    ...rest,
    metadata: applyMetadata({}, change),
    lines: lines?.map(({ metadata: own, ...line }) => ({ ...line, metadata: applyMetadata({}, own) })),
  };
}

/** The routes of credit notes. */
export const creditNoteRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/credit_notes",
    accepts: terms,
    unsupported,
    handle: (tx, { params }) => issueCreditNote(tx, inputOf(params)),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/credit_notes",
    accepts: { ...pageParameters, created: timeRange(), customer: string(), invoice: string() },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      const { customer, invoice, created } = params;
      const found = invoice === undefined ? tx.list("credit_note") : tx.listBy("credit_note", "invoice", invoice);
      const matching = found.filter(
        (note) => (customer === undefined || idOf(note.customer) === customer) && inTimeRange(created, note.created),
      );
      return paginate(matching, params, "/v1/credit_notes");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/credit_notes/preview",
    accepts: terms,
    unsupported,
    handle: (tx, { params }) => draftCreditNote(tx, inputOf(params)),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/credit_notes/preview/lines",
    accepts: { ...pageParameters, ...terms },
    unsupported,
    handle(tx, { params }) {
      const { limit, starting_after, ending_before, ...rest } = params;
      const { data } = draftCreditNote(tx, inputOf(rest)).lines;
      return paginate(data, { limit, starting_after, ending_before }, "/v1/credit_notes/preview/lines");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/credit_notes/:id",
    accepts: {},
    handle: (tx, input) => tx.get("credit_note", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/credit_notes/:id",
    accepts: { memo: string(), metadata: metadata() },
    handle(tx, input) {
      const current = tx.get("credit_note", pathValue(input, "id"));
      const next = {
        ...current,
        memo: input.params.memo ?? current.memo,
        metadata: applyMetadata(current.metadata ?? {}, input.params.metadata),
      };
      const previous = previousAttributes(current, next);
      if (previous === undefined) return current;
      const note = tx.put("credit_note", next);
      tx.emit("credit_note.updated", note, previous);
      return note;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/credit_notes/:id/lines",
    accepts: pageParameters,
    handle(tx, input) {
      const note = tx.get("credit_note", pathValue(input, "id"));
      return paginate(note.lines.data, input.params, `/v1/credit_notes/${note.id}/lines`);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/credit_notes/:id/void",
    accepts: {},
    handle: (tx, input) => voidCreditNote(tx, tx.get("credit_note", pathValue(input, "id"))),
  }),
];
