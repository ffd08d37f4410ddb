/** What every page of the face shares: its frame, tables, amounts, times and links. */
import type Stripe from "stripe";
import { type Html, html, type Part } from "./html";

/** Where pages live, except the first one at "/". */
export const base = "/dashboard";

const sections = ["customers", "subscriptions", "invoices", "events", "webhooks", "clocks"] as const;

/** A page before its frame. */
export interface Page {
  title: string;
  /** One quiet line below the title. */
  lead?: Part;
  section?: (typeof sections)[number];
  body: Part;
}

/** The whole document. `note` is the result of what was just done. */
export function document({ title, lead, section, body }: Page, note: string | null): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Stripe sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/style.css">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="top">
<strong><a href="/">Stripe sandbox</a></strong>
<nav aria-label="Sections"><ul>${sections.map(
    (name) =>
      html`<li><a href="${base}/${name}"${section === name ? html` aria-current="page"` : ""}>${name.charAt(0).toUpperCase()}${name.slice(1)}</a></li>`,
  )}</ul></nav>
</header>
<main id="content">
${note === null ? null : html`<p class="note" role="status">${note}</p>`}
<h1>${title}</h1>
${lead === undefined ? null : html`<p class="lead">${lead}</p>`}
${body}
</main>
</body>
</html>
`.text;
}

/** A column of a table; numbers stand at the right. */
export interface Column<T> {
  head: string;
  cell: (row: T) => Part;
  isNumber?: boolean;
  isWide?: boolean;
}

/** A table under its heading, or a sentence when there is nothing to show. */
export function table<T>(heading: string, rows: readonly T[], columns: readonly Column<T>[], empty: string): Html {
  if (rows.length === 0) return html`<h2>${heading}</h2><p class="quiet">${empty}</p>`;
  const kind = ({ isNumber, isWide }: Column<T>) => (isNumber === true ? "number" : isWide === true ? "wide" : "");
  return html`<h2>${heading}</h2>
<div class="scroll" role="region" aria-label="${heading}" tabindex="0"><table>
<thead><tr>${columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.head}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${columns.map((column) => html`<td class="${kind(column)}">${column.cell(row)}</td>`)}</tr>`,
  )}</tbody>
</table></div>`;
}

/** Names and values. */
export function facts(entries: ReadonlyArray<readonly [string, Part]>): Html {
  return html`<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** A link to an object's own page. */
export function link(section: (typeof sections)[number], id: string, text: string = id): Html {
  return html`<a${text === id ? html` class="id"` : ""} href="${base}/${section}/${encodeURIComponent(id)}">${text}</a>`;
}

/** A time of virtual or real seconds, in UTC. */
export function time(seconds: number | null | undefined): Part {
  if (seconds === null || seconds === undefined) return html`<span class="quiet">none</span>`;
  const text = new Date(seconds * 1_000).toISOString();
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 19)}</time>`;
}

/** An amount of minor units in its currency. */
export function money(amountMinor: number | null | undefined, currency: string | null | undefined): string {
  if (amountMinor === null || amountMinor === undefined) return "–";
  const code = (currency ?? "usd").toUpperCase();
  const format = new Intl.NumberFormat("en-US", { style: "currency", currency: code });
  const places = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** places);
}

const alarming: Record<string, string> = {
  past_due: "risk",
  incomplete: "risk",
  requires_action: "risk",
  pending: "quiet",
  draft: "quiet",
  unpaid: "loss",
  failed: "loss",
  uncollectible: "loss",
};

/** A state, coloured only where money or a message is at risk. */
export function status(text: string | null | undefined): Html {
  const name = text ?? "none";
  return html`<span class="${alarming[name] ?? ""}">${name.replaceAll("_", " ")}</span>`;
}

/** A field of an object whose type is known at run time only. */
export function field(object: unknown, name: string): unknown {
  return typeof object === "object" && object !== null ? Reflect.get(object, name) : undefined;
}

function textField(object: unknown, name: string): string | null {
  const value = field(object, name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** What an event is about, in few words. */
export function about(event: Stripe.Event): string {
  const object: unknown = event.data.object;
  const amount = ["amount_due", "total", "amount"]
    .map((name) => field(object, name))
    .find((one) => typeof one === "number");
  const words = [
    textField(object, "name") ?? textField(object, "email") ?? textField(object, "number"),
    typeof amount === "number" ? money(amount, textField(object, "currency")) : null,
    textField(object, "status")?.replaceAll("_", " ") ?? null,
  ];
  return words.filter((word) => word !== null).join(" · ");
}

/** Events as people read a history: newest first. */
export function timeline(heading: string, events: readonly Stripe.Event[], empty: string): Html {
  if (events.length === 0) return html`<h2>${heading}</h2><p class="quiet">${empty}</p>`;
  return html`<h2>${heading}</h2><ol class="timeline">${events.map(
    (event) =>
      html`<li><span class="quiet">${time(event.created)}</span><p>${link("events", event.id, event.type)} <span class="quiet">${about(event)}</span></p></li>`,
  )}</ol>`;
}

/** The first rows of a collection, without walking the rest. */
export function take<T>(rows: Iterable<T>, limit: number, where: (row: T) => boolean = () => true): T[] {
  const found: T[] = [];
  for (const row of rows) {
    if (found.length === limit) break;
    if (where(row)) found.push(row);
  }
  return found;
}

/** How many rows a list shows. */
export const LIST_LENGTH = 100;
