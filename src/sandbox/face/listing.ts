/** Long lists of the face: a page at a time, and only what somebody looks for. */
import { type Html, html } from "./html";
import { type Column, table } from "./layout";

const PAGE_LENGTH = 50;
const LONGEST_SEARCH = 200;

/** What a list shows, and by which of an entry's words it is found. */
export interface Listing<T> {
  heading: string;
  rows: Iterable<T>;
  columns: readonly Column<T>[];
  /** Said when there is nothing at all. */
  empty: string;
  /** What can be looked for, as the label says it. */
  findBy: string;
  words: (row: T) => ReadonlyArray<string | null | undefined>;
}

function pageNumber(query: URLSearchParams): number {
  const page = Number(query.get("page") ?? 1);
  return Number.isSafeInteger(page) && page > 0 ? page : 1;
}

function address(sought: string, page: number): string {
  return `?${new URLSearchParams({ ...(sought === "" ? {} : { q: sought }), page: String(page) })}`;
}

/** A list with a field to look for something and links to the pages around. */
export function listing<T>(list: Listing<T>, query: URLSearchParams): Html {
  const sought = (query.get("q") ?? "").trim().slice(0, LONGEST_SEARCH);
  const needle = sought.toLowerCase();
  const page = pageNumber(query);
  const first = (page - 1) * PAGE_LENGTH;
  const shown: T[] = [];
  let found = 0;
  for (const row of list.rows) {
    if (needle !== "" && !list.words(row).some((word) => word?.toLowerCase().includes(needle) === true)) continue;
    found += 1;
    if (found > first) shown.push(row);
    if (shown.length > PAGE_LENGTH) break;
  }
  const rows = shown.slice(0, PAGE_LENGTH);
  const empty = sought === "" && page === 1 ? list.empty : "Nothing here.";
  const range = rows.length === 0 ? "" : `${first + 1} to ${first + rows.length}`;
  const newer = page === 1 ? null : html`<a rel="prev" href="${address(sought, page - 1)}">Newer</a>`;
  const older = shown.length <= PAGE_LENGTH ? null : html`<a rel="next" href="${address(sought, page + 1)}">Older</a>`;
  return html`<form class="row" method="get" role="search">
<div><label for="q">${list.findBy}</label><input type="search" id="q" name="q" maxlength="${LONGEST_SEARCH}" value="${sought}"></div>
<button>Find</button>${sought === "" ? null : html`<a href="?">Show all</a>`}
</form>
${table(list.heading, rows, list.columns, empty)}
${newer === null && older === null ? null : html`<nav class="pages" aria-label="Pages">${newer} <span class="quiet">${range}</span> ${older}</nav>`}`;
}
