/** The ledger as CSV (RFC 4180), for spreadsheets. */
import { toMajor } from "../kernel/money";
import type { Transaction } from "./model";

const HEADER = [
  "date",
  "kind",
  "id",
  "status",
  "amount",
  "moved",
  "currency",
  "description",
  "invoice",
  "payment",
  "reason",
];

/** The lines of the ledger with a header; amounts in major units with all digits of the currency, times in UTC. */
export function transactionsCsv(transactions: readonly Transaction[]): string {
  const lines = transactions.map((line) => [
    line.at.toISOString(),
    line.kind,
    line.id,
    line.status,
    toMajor(line.amountMinor, line.currency).toFixed(),
    toMajor(line.movedMinor, line.currency).toFixed(),
    line.currency.toUpperCase(),
    text(line.description),
    text(line.invoiceNumber ?? ""),
    line.stripePaymentIntentId,
    text(line.reason ?? ""),
  ]);
  return [HEADER, ...lines].map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** Spreadsheets run text that begins like a formula; a leading apostrophe makes it text again. */
function text(value: string): string {
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
