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

/** What search endpoints take. */
export const searchParameters = {
  query: string().required(),
  limit: integer({ minimum: 1, maximum: 100 }),
  page: string(),
};

/** A searchable value of a record; metadata is searched by key. */
export type SearchValue = string | number | null | undefined;

/** How a resource's records are read by a search. */
export interface Searchable<T> {
  url: string;
  fields: Record<string, (record: T) => SearchValue>;
  metadata: (record: T) => Record<string, string> | null;
}

type Test<T> = (record: T) => boolean;

const clausePattern =
  /^\s*(-)?([a-z_]+)(?:\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\])?\s*(:|~|>=|<=|>|<)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+)|(null))(?=\s|$)/i;

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
  return {
    object: "search_result",
    url: by.url,
    has_more: hasMore,
    next_page: hasMore ? (data.at(-1)?.id ?? null) : null,
    data,
  };
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
  const read = key === undefined ? by.fields[field] : keyReader(by, field, key);
  if (read === undefined || !(key !== undefined || Object.hasOwn(by.fields, field))) {
    throw invalidRequest(`Field \`${field}\` is an unsupported search field for this resource.`, { param: "query" });
  }
  const wanted = nothing === undefined ? (unescaped(quoted ?? doubleQuoted) ?? number ?? "") : null;
  const test: Test<T> = (record) => compare(read(record), operator, wanted);
  return negated === undefined ? test : (record) => !test(record);
}

function keyReader<T>(by: Searchable<T>, field: string, key: string): ((record: T) => SearchValue) | undefined {
  if (field !== "metadata") return undefined;
  return (record) => {
    const metadata = by.metadata(record) ?? {};
    return Object.hasOwn(metadata, key) ? metadata[key] : null;
  };
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
