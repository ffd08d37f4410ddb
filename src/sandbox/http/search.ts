/**
 * Stripe's search query language, as far as it is the same for every resource.
 *
 *   email:'ada@example.com' AND created>1775001600        metadata['plan']:'pro' OR -status:'canceled'        name~'ada'
 *
 * Owns: reading a query against the fields a resource can be searched by, and paging through what it finds. AND and OR do
 * not mix, as at Stripe. Unlike there, what was written is found at once.
 */
import { invalidRequest } from "./errors";
import { integer, string } from "./params";
import { registerIncludable } from "./present";

/** What search endpoints take. */
export const searchParameters = {
  query: string().required(),
  limit: integer({ minimum: 1, maximum: 100 }),
  page: string(),
};

/** A searchable value of a record; metadata is searched by key. */
export type SearchValue = string | number | boolean | null | undefined;

/**
 * A field to search by. Tokens match as a whole, text also in part, numbers also by order.
 */
export interface SearchField<T> {
  type: "token" | "text" | "number";
  read: (record: T) => SearchValue;
}

/** A field that matches as a whole. */
export function token<T>(read: (record: T) => SearchValue): SearchField<T> {
  return { type: "token", read };
}

/** A field that matches as a whole or in part. */
export function text<T>(read: (record: T) => SearchValue): SearchField<T> {
  return { type: "text", read };
}

/** A field that matches as a whole or by order. */
export function number<T>(read: (record: T) => SearchValue): SearchField<T> {
  return { type: "number", read };
}

/** How a resource's records are read by a search. */
export interface Searchable<T> {
  url: string;
  fields: Record<string, SearchField<T>>;
  metadata: (record: T) => Record<string, string> | null;
}

/** How many records each answer had found in all, for those who expand it. */
const totals = new WeakMap<object, number>();

registerIncludable("", "total_count", (_tx, answer) => {
  const total = totals.get(answer);
  if (total !== undefined) return total;
  throw invalidRequest("This property cannot be expanded (total_count).", { param: "expand" });
});

type Test<T> = (record: T) => boolean;

const clausePattern =
  /^\s*(-)?([a-z_0-9.]+)(?:\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\])?\s*(:|~|>=|<=|>|<)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+|true|false)|(null))(?=\s|$)/i;

/** Finds, newest first as given, and answers one page. */
export function search<T extends { id?: string }>(
  records: readonly T[],
  params: { query: string; limit?: number | undefined; page?: string | undefined },
  by: Searchable<T>,
) {
  const test = readQuery(params.query, by);
  const found = records.filter(test);
  const start = params.page === undefined ? 0 : found.findIndex(({ id }) => id === params.page) + 1;
  if (params.page !== undefined && start === 0) {
    throw invalidRequest("The page is not one of this search.", { param: "page" });
  }
  const data = found.slice(start, start + (params.limit ?? 10));
  const hasMore = start + data.length < found.length;
  const answer = {
    object: "search_result",
    url: by.url,
    has_more: hasMore,
    next_page: hasMore ? (data.at(-1)?.id ?? null) : null,
    data,
  };
  totals.set(answer, found.length);
  return answer;
}

function malformed(query: string): Error {
  return invalidRequest(
    `We were unable to parse your search query: \`${query.slice(0, 200)}\`. Try using the format \`metadata["key"]:"value"\` to query for metadata or key:"value" to query for other fields.`,
    { param: "query" },
  );
}

function readQuery<T>(query: string, by: Searchable<T>): Test<T> {
  const tests: Test<T>[] = [];
  const words = new Set<string>();
  let rest = query;
  for (;;) {
    const match = clausePattern.exec(rest);
    if (match === null) throw malformed(query);
    tests.push(readClause(match, by));
    rest = rest.slice(match[0].length);
    if (rest.trim() === "") break;
    const word = /^\s+(and|or)\s+/i.exec(rest);
    if (word === null) throw malformed(query);
    words.add((word[1] ?? "").toLowerCase());
    rest = rest.slice(word[0].length);
  }
  if (words.size > 1) throw invalidRequest("You cannot combine AND and OR in a search query.", { param: "query" });
  if (tests.length > 10) throw invalidRequest("A search query can have at most 10 clauses.", { param: "query" });
  return words.has("or")
    ? (record) => tests.some((test) => test(record))
    : (record) => tests.every((test) => test(record));
}

function readClause<T>(match: RegExpExecArray, by: Searchable<T>): Test<T> {
  const [, negated, field = "", single, double, operator = ":", quoted, doubleQuoted, number, nothing] = match;
  const key = unescaped(single ?? double);
  const found =
    key === undefined ? (Object.hasOwn(by.fields, field) ? by.fields[field] : undefined) : keyField(by, field, key);
  if (found === undefined) {
    throw invalidRequest(`Field \`${field}\` is an unsupported search field for this resource.`, { param: "query" });
  }
  const wanted = nothing === undefined ? (unescaped(quoted ?? doubleQuoted) ?? number ?? "") : null;
  checkOperator(field, found.type, operator, wanted);
  const test: Test<T> = (record) => compare(found.read(record), operator, wanted);
  return negated === undefined ? test : (record) => !test(record);
}

const shortestPart = 3;

/** Stripe's refusals of comparisons that a field does not know. */
function checkOperator(
  field: string,
  type: SearchField<unknown>["type"],
  operator: string,
  wanted: string | null,
): void {
  const refuse = (why: string) => invalidRequest(`The search field \`${field}\` ${why}.`, { param: "query" });
  if (operator === ":") {
    if (type !== "number" || wanted === null || /^-?\d+$/.test(wanted)) return;
    throw refuse("is numeric and only compares with whole numbers");
  }
  if (wanted === null) throw refuse("can only be compared with null by `:`");
  if (operator === "~") {
    if (type !== "text") throw refuse("does not support the substring operator `~`; use `:` for an exact match");
    if (wanted.length < shortestPart) throw refuse(`needs at least ${shortestPart} characters after \`~\``);
    return;
  }
  if (type !== "number") throw refuse(`does not support the operator \`${operator}\`, because it is not numeric`);
  if (!/^-?\d+$/.test(wanted)) throw refuse("is numeric and only compares with whole numbers");
}

function keyField<T>(by: Searchable<T>, field: string, key: string): SearchField<T> | undefined {
  if (field !== "metadata") return undefined;
  return token((record) => {
    const metadata = by.metadata(record) ?? {};
    return Object.hasOwn(metadata, key) ? metadata[key] : null;
  });
}

function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/\\(.)/g, "$1");
}

/** Text is compared without regard to case; order only makes sense for numbers. */
function compare(value: SearchValue, operator: string, wanted: string | null): boolean {
  const isEmpty = value === null || value === undefined || value === "";
  if (wanted === null) return operator === ":" && isEmpty;
  if (isEmpty) return false;
  if (operator === ":") return String(value).toLowerCase() === wanted.toLowerCase();
  if (operator === "~") return String(value).toLowerCase().includes(wanted.toLowerCase());
  const [left, right] = [Number(value), Number(wanted)];
  if (operator === ">") return left > right;
  if (operator === "<") return left < right;
  return operator === ">=" ? left >= right : left <= right;
}
