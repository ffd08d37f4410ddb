/**
 * Decodes the JSON bodies of /v2 into what forms decode to, so that both generations of the API share schemas and errors.
 *
 * Unlike a form, JSON has types, and everything the sandbox serves under /v2 takes text: other leaves are refused here.
 */
import { invalidParameter, StripeError } from "./errors";
import type { FormHash, FormValue } from "./form";

const MAXIMUM_DEPTH = 12;

function malformed(message: string): StripeError {
  return new StripeError(400, { type: "invalid_request_error", message }, { beforeExecution: true });
}

function formValue(value: unknown, path: string, depth: number): FormValue {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) {
    throw invalidParameter("parameter_invalid_string", path, `Invalid string: ${path} must be a string.`);
  }
  if (depth > MAXIMUM_DEPTH) throw malformed("Invalid request: the parameters are nested too deeply.");
  const hash = Object.create(null) as FormHash;
  for (const [name, entry] of Object.entries(value)) {
    hash[name] = formValue(entry, path === "" ? name : `${path}[${name}]`, depth + 1);
  }
  return hash;
}

/** The parameters of a JSON body, an object; an empty body has none. */
export function decodeJson(body: string): FormHash {
  if (body.trim() === "") return Object.create(null) as FormHash;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw malformed("Invalid request: the body is not valid JSON.");
  }
  const decoded = Array.isArray(parsed) ? "" : formValue(parsed, "", 0);
  if (typeof decoded === "string") throw malformed("Invalid request: the body must be a JSON object.");
  return decoded;
}
