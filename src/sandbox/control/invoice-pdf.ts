/** An invoice as a PDF, in the page size its rendering asks for. */
import type Stripe from "stripe";
import type { InvoiceText } from "./invoice-text";
import { type PdfMark, type PdfPage, pdfOf, textWidth } from "./pdf";

const margin = 56;
const leading = 14;

/** The invoice's file. */
export function invoicePdf(text: InvoiceText, rendering: Stripe.Invoice.Rendering | null): Buffer {
  const isLetter = rendering?.pdf?.page_size === "letter";
  const page = isLetter ? { width: 612, height: 792 } : { width: 595, height: 842 };
  return pdfOf(text.title, paged(marksOf(text, page.width), page));
}

/** Marks set on one endless page, in the order of their height. */
function marksOf(text: InvoiceText, width: number): PdfMark[] {
  const marks: PdfMark[] = [];
  const right = width - margin;
  const quantityAt = right - 100;
  let y = margin;
  const put = (x: number, value: string, style: { size?: number; bold?: boolean; flush?: "right" } = {}) =>
    marks.push({ kind: "text", x, y, size: 9.5, text: value, ...style });
  const rule = () => {
    marks.push({ kind: "line", x: margin, y: y - leading + 4, length: right - margin });
  };
  put(margin, text.title, { size: 18, bold: true });
  put(right, text.seller, { bold: true, flush: "right" });
  y += leading * 2;
  for (const [name, value] of [["Status", text.status] as [string, string], ...text.facts]) {
    put(margin, name);
    put(margin + 110, value);
    y += leading;
  }
  y += leading;
  put(margin, "Bill to", { bold: true });
  for (const line of text.billTo) {
    y += leading;
    put(margin, line);
  }
  y += leading * 2;
  put(margin, `${text.due[0]} ${text.due[1]}`, { size: 14, bold: true });
  y += leading * 2;
  put(margin, "Description", { bold: true });
  put(quantityAt, "Qty", { bold: true, flush: "right" });
  put(right, "Amount", { bold: true, flush: "right" });
  for (const line of text.lines) {
    y += leading + 4;
    rule();
    const [first = "", ...rest] = wrapped(line.description, quantityAt - margin - 60);
    put(margin, first);
    put(quantityAt, line.quantity, { flush: "right" });
    put(right, line.amount, { flush: "right" });
    for (const more of [...rest, ...(line.period === null ? [] : [line.period])]) {
      y += leading - 2;
      put(margin, more, { size: 8.5 });
    }
  }
  y += leading * 2;
  for (const [name, value] of [...text.totals, text.due]) {
    const bold = name === text.due[0];
    put(quantityAt - 120, name, { bold });
    put(right, value, { bold, flush: "right" });
    y += leading;
  }
  for (const note of text.notes.flatMap((one) => wrapped(one, right - margin))) {
    y += leading;
    put(margin, note);
  }
  return marks;
}

/** Cuts the endless page into sheets; a mark never stands on the cut. */
function paged(marks: readonly PdfMark[], size: { width: number; height: number }): PdfPage[] {
  const room = size.height - margin * 2;
  const pages: PdfPage[] = [];
  for (const mark of marks) {
    const index = Math.floor(Math.max(0, mark.y - margin) / room);
    while (pages.length <= index) pages.push({ ...size, marks: [] });
    pages[index]?.marks.push({ ...mark, y: mark.y - index * room });
  }
  return pages;
}

function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? "";
    const longer = last === "" ? word : `${last} ${word}`;
    if (last !== "" && textWidth(longer, 9.5) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
