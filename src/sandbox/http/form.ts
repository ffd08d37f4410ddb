/**
 * Decodes Stripe's form encoding: `items[0][price]=p`, `a[]=1`, brackets raw or percent-encoded, any depth.
 *
 * Every hash has no prototype, so that a key such as `__proto__` is a name like any other and is refused later as an
 * unknown parameter. Depth and number of parameters are bounded: a body cannot make the server work for long.
 */
import { StripeError } from "./errors";

/** A decoded value: text at the leaves, hashes above. Arrays arrive as hashes with numeric keys. */
export type FormValue = string | FormHash;
/** A hash without prototype, by name or by array index. */
export interface FormHash {
  [key: string]: FormValue;
}

const MAXIMUM_DEPTH = 12;
const MAXIMUM_PAIRS = 5_000;

function malformed(message: string): StripeError {
  return new StripeError(400, { type: "invalid_request_error", message }, { beforeExecution: true });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw malformed("Invalid request: the parameters are not valid URL-encoded text.");
  }
}

/** `a[b][]` → ["a", "b", ""]; null when the brackets do not close. */
function keyPath(key: string): string[] | null {
  const open = key.indexOf("[");
  if (open < 0) return [key];
  const parts = [key.slice(0, open)];
  let rest = key.slice(open);
  while (rest !== "") {
    const close = rest.indexOf("]");
    if (!rest.startsWith("[") || close < 0) return null;
    parts.push(rest.slice(1, close));
    rest = rest.slice(close + 1);
  }
  return parts;
}

function emptyHash(): FormHash {
  return Object.create(null) as FormHash;
}

function nextIndex(hash: FormHash): string {
  let index = Object.keys(hash).length;
  while (String(index) in hash) index += 1;
  return String(index);
}

/** Inside `a[][b]=1&a[][c]=2` both belong to the last element until a name repeats. */
function appendKey(hash: FormHash, following: string | undefined): string {
  const last = Object.keys(hash).at(-1);
  if (following === undefined || last === undefined) return nextIndex(hash);
  const element = hash[last];
  return typeof element === "object" && !(following in element) ? last : nextIndex(hash);
}

function place(root: FormHash, path: string[], value: string, key: string): void {
  let hash = root;
  for (const [depth, part] of path.entries()) {
    const name = part === "" && depth > 0 ? appendKey(hash, path[depth + 1]) : part;
    if (depth === path.length - 1) {
      if (typeof hash[name] === "object") throw malformed(`Invalid request: '${key}' is both a value and a hash.`);
      hash[name] = value;
      return;
    }
    const existing = hash[name];
    if (existing === undefined || existing === "") {
      const created = emptyHash();
      hash[name] = created;
      hash = created;
    } else if (typeof existing === "string") {
      throw malformed(`Invalid request: '${key}' is both a value and a hash.`);
    } else {
      hash = existing;
    }
  }
}

/** Reads a form body or query string into nested hashes. */
export function decodeForm(text: string): FormHash {
  const root = emptyHash();
  if (text === "") return root;
  const pairs = text.split("&");
  if (pairs.length > MAXIMUM_PAIRS) throw malformed("Invalid request: too many parameters.");
  for (const pair of pairs) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const key = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decode(pair.slice(equals + 1));
    const path = keyPath(key);
    if (path === null || path[0] === "") throw malformed(`Invalid request: the parameter name '${key}' is malformed.`);
    if (path.length > MAXIMUM_DEPTH) throw malformed(`Invalid request: the parameter '${path[0]}' is nested too deep.`);
    if (value.includes("\u0000")) throw malformed(`Invalid request: the parameter '${key}' contains a null byte.`);
    place(root, path, value, key);
  }
  return root;
}
