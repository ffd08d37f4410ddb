/**
 * Finalising: a draft becomes a document.
 *
 * Owns: the invoice's number, freezing the customer's details, applying the balance, the due date, and the payment that
 * will collect it. An invoice with nothing to pay is paid by being finalised. Refuses: collecting (collect.ts).
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { moveBalance } from "./balance";
import { customerSnapshot, retotal } from "./draft";
import { spendOneTimeDiscounts } from "./end-discount";
import { openPayment } from "./invoice-payments";
import { clockNameOf, customerOf, nowOf, reviseCustomer, saveInvoice } from "./records";
import { replaceOriginal } from "./revise-invoice";
import { invoiceDueKinds, markPaid } from "./settle";
import { settleTaxLocation } from "./tax-location";
import { applyBalance } from "./totals";

/** How long before an invoice is due its customer is reminded. */
const dueNoticeSeconds = 3 * 86_400;

/**
 * Finalises a draft. `autoAdvance` decides whether collecting then goes on by itself; undefined leaves it as it is. A draft
 * finalised by hand waits for the customer's tax location where one finalised in time would do without (tax-location.ts).
 */
export function finaliseInvoice(
  tx: Transaction,
  invoiceId: string,
  options: { autoAdvance?: boolean | undefined; byHand?: boolean } = {},
): Stripe.Invoice {
  const draft = tx.get("invoice", invoiceId);
  if (draft.status !== "draft") {
    throw invalidRequest(
      draft.status === "open" || draft.status === "paid"
        ? "This invoice is already finalized, you can't re-finalize a non-draft invoice."
        : "This invoice can no longer be finalized.",
      { code: "invoice_not_editable" },
    );
  }
  refreshCustomer(tx, draft);
  const totalled = settleTaxLocation(tx, retotal(tx, draft.id), { byHand: options.byHand === true });
  tx.unschedule(invoiceDueKinds.finalise, draft.id);
  claimCurrency(tx, totalled);
  const now = nowOf(tx, totalled);
  const numbered = takeNumber(tx, totalled);
  const customer = customerOf(tx, totalled);
  const startingBalance = customer.balance;
  const { amountDue, endingBalance } = applyBalance(totalled.total, startingBalance, totalled.currency);
  moveBalance(
    tx,
    customer,
    endingBalance - startingBalance,
    balanceType(totalled.total, amountDue, endingBalance),
    draft.id,
  );
  const open = saveInvoice(tx, {
    ...totalled,
    amount_due: amountDue,
    amount_remaining: amountDue,
    auto_advance: options.autoAdvance ?? totalled.auto_advance ?? false,
    automatically_finalizes_at: null,
    effective_at: totalled.effective_at ?? now,
    ending_balance: endingBalance,
    ...pagesOf(tx, totalled.id),
    last_finalization_error: null,
    number: numbered,
    starting_balance: startingBalance,
    status: "open",
    status_transitions: { ...totalled.status_transitions, finalized_at: now },
  });
  if (amountDue > 0) openPayment(tx, open);
  tx.emit("invoice.updated", open, previousAttributes(draft, open) ?? {});
  tx.emit("invoice.finalized", open);
  spendOneTimeDiscounts(tx, open);
  if (open.from_invoice !== null) replaceOriginal(tx, open);
  if (amountDue === 0) return markPaid(tx, open, { announceUpdate: false });
  if (open.due_date !== null) scheduleDueDate(tx, open, open.due_date);
  return open;
}

function scheduleDueDate(tx: Transaction, open: Stripe.Invoice, at: number): void {
  const moment = { clock: clockNameOf(open), subject: open.id };
  tx.schedule({ ...moment, at, kind: invoiceDueKinds.overdue });
  const notice = at - dueNoticeSeconds;
  if (notice > nowOf(tx, open)) tx.schedule({ ...moment, at: notice, kind: invoiceDueKinds.willBeDue });
}

/** Where the finalised invoice can be read, paid and downloaded. */
function pagesOf(tx: Transaction, id: string): Pick<Stripe.Invoice, "hosted_invoice_url" | "invoice_pdf"> {
  const server = tx.find("server_address", "server");
  if (!server) return { hosted_invoice_url: null, invoice_pdf: null };
  const page = `${server.url}/_sandbox/invoices/${id}`;
  return { hosted_invoice_url: page, invoice_pdf: `${page}/pdf` };
}

/** Throws when another invoice of the account already has this number. */
export function assertNumberIsFree(tx: Transaction, number: string, invoice: string): void {
  const taken = tx.listBy("invoice", "number", number).filter((other) => other.id !== invoice);
  if (taken.length > 0) {
    throw invalidRequest(`An invoice with the number '${number}' already exists. Invoice numbers must be unique.`, {
      param: "number",
    });
  }
}

function refreshCustomer(tx: Transaction, draft: Stripe.Invoice): void {
  const customer = customerOf(tx, draft);
  saveInvoice(tx, { ...draft, ...customerSnapshot(tx, customer) });
}

/** The first invoice decides the customer's currency. */
function claimCurrency(tx: Transaction, invoice: Stripe.Invoice): void {
  const customer = customerOf(tx, invoice);
  if (!customer.currency) reviseCustomer(tx, customer, { currency: invoice.currency });
}

function takeNumber(tx: Transaction, invoice: Stripe.Invoice): string {
  if (invoice.number !== null) return invoice.number;
  const customer = customerOf(tx, invoice);
  let sequence = customer.next_invoice_sequence ?? 1;
  const prefix = customer.invoice_prefix ?? "";
  while (tx.listBy("invoice", "number", numberOf(prefix, sequence)).length > 0) sequence += 1;
  tx.put("customer", { ...customer, next_invoice_sequence: sequence + 1 });
  return numberOf(prefix, sequence);
}

function numberOf(prefix: string, sequence: number): string {
  return `${prefix}-${String(sequence).padStart(4, "0")}`;
}

function balanceType(total: number, amountDue: number, endingBalance: number): Stripe.CustomerBalanceTransaction.Type {
  if (total > 0 && amountDue === 0 && endingBalance > 0) return "invoice_too_small";
  return "applied_to_invoice";
}
