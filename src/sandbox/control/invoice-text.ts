/** What an invoice says on paper and on its page: the same words in the same order, with nothing left out of its sum. */
import type Stripe from "stripe";
import { couponOf } from "../billing/discount-terms";
import { customerOf, loadLines } from "../billing/records";
import { dayText, moneyText } from "../billing/wire";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";

/** An invoice in words. */
export interface InvoiceText {
  title: string;
  status: string;
  seller: string;
  /** Pairs such as "Date of issue" and its day. */
  facts: Array<[name: string, value: string]>;
  billTo: string[];
  lines: Array<{ description: string; period: string | null; quantity: string; amount: string }>;
  totals: Array<[name: string, value: string]>;
  due: [name: string, value: string];
  notes: string[];
}

/** Reads an invoice into its words. */
export function invoiceText(tx: Transaction, invoice: Stripe.Invoice): InvoiceText {
  const money = (minor: number) => moneyText(String(minor), invoice.currency);
  const isPaid = invoice.status === "paid";
  return {
    title: `Invoice ${invoice.number ?? "draft"}`,
    status: invoice.status ?? "draft",
    seller: invoice.account_name ?? "",
    facts: factsOf(invoice),
    billTo: [
      invoice.customer_name ?? customerOf(tx, invoice).name ?? "",
      ...addressLines(invoice.customer_address),
      invoice.customer_email ?? "",
      ...(invoice.customer_tax_ids ?? []).map((one) => one.value ?? ""),
    ].filter((line) => line !== ""),
    lines: loadLines(tx, invoice.id).map((line) => ({
      description: line.description ?? "",
      period:
        line.period.end > line.period.start ? `${dayText(line.period.start)} – ${dayText(line.period.end)}` : null,
      quantity: line.quantity_decimal?.toString() ?? String(line.quantity ?? 1),
      amount: money(line.amount),
    })),
    totals: totalsOf(tx, invoice, money),
    due: isPaid ? ["Amount paid", money(invoice.amount_paid)] : ["Amount due", money(invoice.amount_remaining)],
    notes: [invoice.description, invoice.footer].flatMap((note) => (note ? [note] : [])),
  };
}

function factsOf(invoice: Stripe.Invoice): InvoiceText["facts"] {
  const { finalized_at: finalised, paid_at: paid } = invoice.status_transitions;
  return [
    ...((finalised === null ? [] : [["Date of issue", dayText(invoice.effective_at ?? finalised)]]) as [
      string,
      string,
    ][]),
    ...((invoice.due_date === null ? [] : [["Date due", dayText(invoice.due_date)]]) as [string, string][]),
    ...((paid === null ? [] : [["Date paid", dayText(paid)]]) as [string, string][]),
    ...(invoice.custom_fields ?? []).map(({ name, value }): [string, string] => [name, value]),
  ];
}

function totalsOf(tx: Transaction, invoice: Stripe.Invoice, money: (minor: number) => string): InvoiceText["totals"] {
  const discounts = (invoice.total_discount_amounts ?? []).map(({ amount, discount }): [string, string] => [
    discountName(tx, idOf(discount) ?? ""),
    money(-amount),
  ]);
  const taxes = (invoice.total_taxes ?? []).map((tax): [string, string] => {
    const rate = tx.find("tax_rate", tax.tax_rate_details?.tax_rate ?? "");
    const inside = tax.tax_behavior === "inclusive" ? ", included" : "";
    return [rate ? `${rate.display_name} (${rate.percentage} %${inside})` : `Tax${inside}`, money(tax.amount)];
  });
  const balance = (invoice.ending_balance ?? invoice.starting_balance) - invoice.starting_balance;
  const settled: InvoiceText["totals"] = balance === 0 ? [] : [["Applied balance", money(-balance)]];
  return [["Subtotal", money(invoice.subtotal)], ...discounts, ...taxes, ["Total", money(invoice.total)], ...settled];
}

function discountName(tx: Transaction, id: string): string {
  const discount = tx.find("discount", id);
  const coupon = discount ? couponOf(tx, discount) : undefined;
  if (!coupon) return "Discount";
  return coupon.name ?? (coupon.percent_off === null ? "Discount" : `${coupon.percent_off} % off`);
}

function addressLines(address: Stripe.Address | null): string[] {
  if (address === null) return [];
  const town = [address.postal_code, address.city, address.state].filter((part) => part).join(" ");
  return [address.line1, address.line2, town, address.country].flatMap((line) => (line ? [line] : []));
}
