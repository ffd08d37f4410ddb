/** Credit notes at Stripe: the documents that take back a part of an issued invoice. */
import Stripe from "stripe";
import { BillingError } from "@/billing/kernel/errors";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe, translateError } from "./errors";
import type { CreditNoteRecord, StripeGateway } from "./gateway";
import { creditNoteRecord, creditTerms } from "./translate/credit-note";
import { wireAmount } from "./translate/values";

type CreditNoteCalls = Pick<StripeGateway, "creditRefund" | "fetchCreditNote" | "listCreditNotes">;

/** The gateway's calls about credit notes. */
export function creditNoteCalls(client: ClientSource): CreditNoteCalls {
  return {
    creditRefund: (request, key) => credit(client(), request, key),
    async fetchCreditNote(id) {
      const found = await findAtStripe(() => client().creditNotes.retrieve(id));
      return found === null ? null : creditNoteRecord(found);
    },
    listCreditNotes: (stripeInvoiceId) =>
      callStripe(async () => {
        const records: CreditNoteRecord[] = [];
        const pages = client().creditNotes.list({ invoice: stripeInvoiceId, limit: 100 });
        for await (const note of pages) records.push(creditNoteRecord(note));
        return records.reverse();
      }),
  };
}

async function credit(
  stripe: Stripe,
  request: Parameters<StripeGateway["creditRefund"]>[0],
  key: string,
): Promise<CreditNoteRecord> {
  const { stripeInvoiceId, stripeRefundId, refundId, totalMinor } = request;
  const invoice = await callStripe(() => stripe.invoices.retrieve(stripeInvoiceId));
  try {
    const made = await stripe.creditNotes.create(
      {
        invoice: stripeInvoiceId,
        ...creditTerms(invoice, request),
        refunds: [{ type: "refund", refund: stripeRefundId, amount_refunded: wireAmount(totalMinor) }],
        metadata: { refund_id: refundId },
        // The tenant is told of the refund by us.
        email_type: "none",
      },
      { idempotencyKey: key },
    );
    return creditNoteRecord(made);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw translateError(error);
    const message = "Stripe does not take this much of the invoice back: credit notes made there have done so already.";
    throw new BillingError("precondition", "invoice.not_creditable", message, {
      details: { stripeCode: error.code ?? null, requestId: error.requestId ?? null },
      cause: error,
    });
  }
}
