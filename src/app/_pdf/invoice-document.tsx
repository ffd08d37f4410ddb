/** An invoice on paper: the same lines and sums as the page, always light. */
import { Document, Page, StyleSheet, Text, View } from "@react-pdf/renderer";
import type { InvoiceDetail } from "@/billing/invoices/model";
import { taxNotes } from "@/billing/kernel/tax";
import { addressLines, taxIdLines } from "@/billing/tenants/rules-billing-details";
import { dateText } from "@/ui/date-text";
import { moneyText, quantityText, unitPriceText } from "@/ui/money";
import { sumRows } from "../_components/invoice-sums";
import { detailTexts } from "../_components/overage-text";
import { MONO, SANS, SERIF } from "./fonts";

const INK = "#24211d";
const QUIET = "#67615a";
const RULE = "#e0dcd4";
const ACCENT = "#0b6b47";

// The families are tried in order; the type of the style sheet knows only one.
const family = (families: string[]) => families as unknown as string;

const styles = StyleSheet.create({
  // No line height on the page: the renderer loses dynamic text (the page number) that inherits one.
  page: { padding: 48, paddingBottom: 72, fontFamily: family(SANS), fontSize: 9, color: INK },
  head: { flexDirection: "row", justifyContent: "space-between", marginBottom: 32 },
  seller: { fontFamily: family(SERIF), fontSize: 13, fontWeight: 600 },
  title: { fontFamily: family(SERIF), fontSize: 22, lineHeight: 1.2 },
  number: { fontFamily: family(MONO), fontSize: 9, marginTop: 2 },
  quiet: { color: QUIET },
  parties: { flexDirection: "row", gap: 32, marginBottom: 28 },
  party: { flexGrow: 1, flexBasis: 0 },
  spaced: { marginBottom: 2.5 },
  hero: { fontFamily: family(SERIF), fontSize: 26, lineHeight: 1.35 },
  row: { flexDirection: "row", borderBottomWidth: 0.5, borderBottomColor: RULE, paddingVertical: 7 },
  headRow: { flexDirection: "row", borderBottomWidth: 0.8, borderBottomColor: INK, paddingBottom: 4 },
  item: { flex: 1, paddingRight: 12 },
  quantity: { width: 70, textAlign: "right" },
  price: { width: 80, textAlign: "right" },
  amount: { width: 90, textAlign: "right" },
  sum: { flexDirection: "row", justifyContent: "flex-end", paddingVertical: 3.5 },
  sumName: { textAlign: "right", paddingRight: 12 },
  total: { borderTopWidth: 0.8, borderTopColor: INK, marginLeft: "auto", width: 250, fontSize: 11, fontWeight: 600 },
  line: { marginBottom: 1.5 },
  note: { marginTop: 14, maxWidth: 360 },
  stamp: { color: ACCENT, fontWeight: 600 },
  foot: {
    position: "absolute",
    left: 48,
    right: 48,
    bottom: 32,
    flexDirection: "row",
    justifyContent: "space-between",
    borderTopWidth: 0.5,
    borderTopColor: RULE,
    paddingTop: 8,
    fontSize: 8,
    color: QUIET,
  },
});

/** What the paper needs beside the invoice. */
export interface InvoiceDocumentProps {
  invoice: InvoiceDetail;
  timeZone: string;
  /** Where the invoice can be read and paid. */
  pageUrl: string;
}

/** The document. */
export function InvoiceDocument({ invoice, timeZone, pageUrl }: InvoiceDocumentProps) {
  const { currency, customer, seller } = invoice;
  const date = (at: Date) => dateText(at, timeZone);
  return (
    <Document
      title={`Invoice ${invoice.number}`}
      author={seller.name}
      subject={`For ${customer.name ?? invoice.tenantName}`}
      language="en"
    >
      <Page size="A4" style={styles.page}>
        <Head invoice={invoice} />
        <View style={styles.parties}>
          <View style={styles.party}>
            <Text style={[styles.quiet, styles.spaced]}>Billed to</Text>
            <Text style={[styles.spaced, { fontWeight: 600 }]}>{customer.name ?? invoice.tenantName}</Text>
            {[...addressLines(customer.address), ...taxIdLines(customer.taxIds)].map((line) => (
              <Text key={line} style={styles.line}>
                {line}
              </Text>
            ))}
            {customer.email ? <Text style={styles.quiet}>{customer.email}</Text> : null}
          </View>
          <View style={{ width: 180 }}>
            <Fact name="Issued" value={date(invoice.issuedAt ?? invoice.createdAt)} />
            <Fact name="Due" value={date(invoice.dueAt)} />
            <Fact name="Service from" value={date(invoice.periodStartAt)} />
            <Fact name="Service until" value={date(lastMoment(invoice.periodEndAt))} />
            <Fact name="Currency" value={currency.toUpperCase()} />
            {invoice.purchaseOrder ? <Fact name="Your reference" value={invoice.purchaseOrder} /> : null}
          </View>
          <View style={{ width: 150, alignItems: "flex-end" }}>
            <Text style={styles.quiet}>{invoice.status === "open" ? "To pay" : "Total"}</Text>
            <Text style={styles.hero}>
              {moneyText(
                invoice.status === "open" ? invoice.amountDueMinor - invoice.amountPaidMinor : invoice.totalMinor,
                currency,
              )}
            </Text>
            {invoice.paidAt ? <Text style={styles.stamp}>Paid on {date(invoice.paidAt)}</Text> : null}
            {invoice.status === "void" ? <Text style={styles.quiet}>Void: nothing is to be paid</Text> : null}
          </View>
        </View>
        <Lines invoice={invoice} timeZone={timeZone} />
        <Sums invoice={invoice} />
        {taxNotes(invoice.taxes).map((note) => (
          <Text key={note} style={styles.note}>
            {note}
          </Text>
        ))}
        <View style={styles.foot} fixed>
          <Text>{pageUrl}</Text>
          <Text render={({ pageNumber, totalPages }) => `${invoice.number}, page ${pageNumber}/${totalPages}`} />
        </View>
      </Page>
    </Document>
  );
}

/** Who sells, and which invoice it is. */
function Head({ invoice: { number, seller } }: { invoice: InvoiceDetail }) {
  return (
    <View style={styles.head}>
      <View style={styles.party}>
        <Text style={[styles.seller, styles.spaced]}>{seller.name}</Text>
        {[...seller.address, ...(seller.taxId ? [`Tax id ${seller.taxId}`] : [])].map((line) => (
          <Text key={line} style={styles.line}>
            {line}
          </Text>
        ))}
      </View>
      <View style={{ alignItems: "flex-end" }}>
        <Text style={styles.title}>Invoice</Text>
        <Text style={styles.number}>{number}</Text>
      </View>
    </View>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <View style={{ flexDirection: "row", marginBottom: 2.5 }}>
      <Text style={[styles.quiet, { width: 72, flexShrink: 0 }]}>{name}</Text>
      <Text style={{ flex: 1 }}>{value}</Text>
    </View>
  );
}

function Lines({ invoice, timeZone }: { invoice: InvoiceDetail; timeZone: string }) {
  const { currency } = invoice;
  return (
    <View>
      <View style={styles.headRow} fixed>
        <Text style={[styles.item, styles.quiet]}>Item</Text>
        <Text style={[styles.quantity, styles.quiet]}>Quantity</Text>
        <Text style={[styles.price, styles.quiet]}>Unit price</Text>
        <Text style={[styles.amount, styles.quiet]}>Amount</Text>
      </View>
      {invoice.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an invoice keep their order
        <View key={index} style={styles.row} wrap={false}>
          <View style={styles.item}>
            <Text style={styles.spaced}>{line.description}</Text>
            <Text style={[styles.quiet, { fontSize: 8 }]}>
              {dateText(line.periodStartAt, timeZone, "short")} –{" "}
              {dateText(lastMoment(line.periodEndAt), timeZone, "short")}
            </Text>
            {detailTexts(line.details, currency).map((text) => (
              <Text key={text} style={[styles.quiet, { fontSize: 8 }]}>
                {text}
              </Text>
            ))}
          </View>
          <Text style={styles.quantity}>{quantityText(line.quantity)}</Text>
          <Text style={styles.price}>{line.unitPrice ? unitPriceText(line.unitPrice, currency) : "–"}</Text>
          <Text style={styles.amount}>{moneyText(line.amountMinor, currency)}</Text>
        </View>
      ))}
    </View>
  );
}

function Sums({ invoice }: { invoice: InvoiceDetail }) {
  const { currency } = invoice;
  const credit = invoice.balanceAppliedMinor;
  return (
    <View wrap={false} style={{ marginTop: 8 }}>
      <Sum name="Subtotal" value={moneyText(invoice.subtotalMinor, currency)} />
      {sumRows(invoice).map(({ name, amountMinor }) => (
        <Sum key={name} name={name} value={moneyText(amountMinor, currency)} />
      ))}
      <View style={styles.total}>
        <Sum name="Total" value={moneyText(invoice.totalMinor, currency)} nameWidth={140} />
      </View>
      {credit !== 0n ? (
        <>
          <Sum name="Credit used" value={moneyText(credit, currency)} />
          <Sum name="Amount due" value={moneyText(invoice.amountDueMinor, currency)} />
        </>
      ) : null}
    </View>
  );
}

function Sum({ name, value, nameWidth = 300 }: { name: string; value: string; nameWidth?: number }) {
  return (
    <View style={styles.sum}>
      <Text style={[styles.sumName, { width: nameWidth }]}>{name}</Text>
      <Text style={styles.amount}>{value}</Text>
    </View>
  );
}

/** The last moment that belongs to a half-open period. */
function lastMoment(endAt: Date): Date {
  return new Date(endAt.getTime() - 1);
}
