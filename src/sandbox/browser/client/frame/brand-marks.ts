/** Small drawn marks of card brands, of our own making: enough to recognise a card by, on any background. */
import type { CardBrand } from "../card/brands";
import type { MethodType } from "../shared/protocol";
import { drawing } from "./dom";

const plate = (fill: string, content: string) =>
  `<svg class="Mark" viewBox="0 0 34 22" width="34" height="22"><rect x=".5" y=".5" width="33" height="21" rx="3.5" fill="${fill}" stroke="rgb(120 120 120 / .28)"/>${content}</svg>`;

const word = (content: string, fill: string, size: number, extra = "") =>
  `<text x="17" y="${11 + size * 0.36}" text-anchor="middle" font-family="Arial, Helvetica, sans-serif" font-weight="700" font-size="${size}" fill="${fill}" ${extra}>${content}</text>`;

const marks: Record<CardBrand, { label: string; markup: string }> = {
  visa: {
    label: "Visa",
    markup: plate("#fff", word("VISA", "#1a2c7c", 10.5, 'font-style="italic" letter-spacing="-.2"')),
  },
  mastercard: {
    label: "Mastercard",
    markup: plate(
      "#fff",
      '<circle cx="13.6" cy="11" r="6.2" fill="#d8232a"/><circle cx="20.4" cy="11" r="6.2" fill="#f2a01f"/><path d="M17 5.8a6.2 6.2 0 0 1 0 10.4 6.2 6.2 0 0 1 0-10.4z" fill="#ec6a24"/>',
    ),
  },
  amex: { label: "American Express", markup: plate("#1f6fbf", word("AMEX", "#fff", 8.6, 'letter-spacing=".2"')) },
  discover: {
    label: "Discover",
    markup: plate(
      "#fff",
      `${word("DISC", "#2b2b2b", 7.6)}<path d="M10 21.5c9-1.2 16-3.7 23.5-8V18a3.5 3.5 0 0 1-3.5 3.5z" fill="#ee7623"/>`,
    ),
  },
  diners: {
    label: "Diners Club",
    markup: plate(
      "#fff",
      '<circle cx="17" cy="11" r="7.2" fill="none" stroke="#20558a" stroke-width="1.8"/><path d="M15.3 6.6a4.7 4.7 0 0 0 0 8.8zM18.7 6.6a4.7 4.7 0 0 1 0 8.8z" fill="#20558a"/>',
    ),
  },
  jcb: {
    label: "JCB",
    markup: plate(
      "#fff",
      '<rect x="7" y="4" width="6" height="14" rx="2.5" fill="#0b5ca8"/><rect x="14" y="4" width="6" height="14" rx="2.5" fill="#c8102e"/><rect x="21" y="4" width="6" height="14" rx="2.5" fill="#2a8c3c"/>',
    ),
  },
  unionpay: {
    label: "UnionPay",
    markup: plate(
      "#fff",
      '<path d="M9 4h6l-3 14H6z" fill="#d7182a"/><path d="M15 4h6l-3 14h-6z" fill="#0a4a7c"/><path d="M21 4h7l-3 14h-7z" fill="#0a7f86"/>',
    ),
  },
  unknown: {
    label: "Card",
    markup:
      '<svg class="Mark" viewBox="0 0 34 22" width="34" height="22"><rect x="1" y="1" width="32" height="20" rx="3.5" fill="none" stroke="currentColor" stroke-opacity=".55" stroke-width="1.5"/><path d="M1 6.5h32" stroke="currentColor" stroke-opacity=".55" stroke-width="3"/><path d="M5.5 15h7" stroke="currentColor" stroke-opacity=".55" stroke-width="1.5"/></svg>',
  },
};

/** The mark of a brand; decorative marks stay silent for screen readers. */
export function brandMark(brand: CardBrand, isDecorative = false): SVGElement {
  const mark = marks[brand];
  return drawing(mark.markup, isDecorative ? null : mark.label);
}

const bank =
  '<svg viewBox="0 0 20 18" width="20" height="18"><path d="M10 1 1.5 5.5v1.6h17V5.5zM3.5 8.6h2v5.2h-2zM9 8.6h2v5.2H9zM14.5 8.6h2v5.2h-2zM1.5 15.2h17v1.8h-17z" fill="currentColor"/></svg>';
const card =
  '<svg viewBox="0 0 20 18" width="20" height="18"><rect x="1" y="2.5" width="18" height="13" rx="2" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M1 7h18" stroke="currentColor" stroke-width="2.6"/></svg>';

/** The mark of a kind of payment method; its name stands beside it, so it is silent. */
export function methodMark(type: MethodType, className: string): SVGElement {
  const mark = drawing(type === "card" ? card : bank, null);
  mark.setAttribute("class", className);
  return mark;
}
