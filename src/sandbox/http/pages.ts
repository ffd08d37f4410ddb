/** Stripe's list pages: newest first, cursors by id, `has_more`. */
import { invalidRequest } from "./errors";
import { integer, list as listOf, string } from "./params";

/** The parameters every list endpoint takes; spread them into `accepts`. */
export const pageParameters = {
  limit: integer({ minimum: 1, maximum: 100 }),
  starting_after: string(),
  ending_before: string(),
};

/** Which page a caller asks for. */
export interface PageRequest {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
}

/** A list as Stripe returns it. */
export interface Page<T> {
  object: "list";
  data: T[];
  has_more: boolean;
  url: string;
}

/** Cuts one page out of records that are already in order (newest first). */
export function paginate<T extends { id: string }>(records: readonly T[], request: PageRequest, url: string): Page<T> {
  const limit = request.limit ?? 10;
  if (request.starting_after !== undefined && request.ending_before !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: ending_before, starting_after.");
  }
  if (request.ending_before !== undefined) {
    const end = positionOf(records, request.ending_before, "ending_before");
    const start = Math.max(0, end - limit);
    return { object: "list", data: records.slice(start, end), has_more: start > 0, url };
  }
  const start =
    request.starting_after === undefined ? 0 : positionOf(records, request.starting_after, "starting_after") + 1;
  return { object: "list", data: records.slice(start, start + limit), has_more: start + limit < records.length, url };
}

function positionOf(records: readonly { id: string }[], id: string, param: string): number {
  const position = records.findIndex((record) => record.id === id);
  if (position < 0) throw invalidRequest(`No such object: '${id}'`, { code: "resource_missing", param });
  return position;
}

/** The `expand` parameter. */
export const expandParameter = listOf(string());
