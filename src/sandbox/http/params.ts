/**
 * The language in which an endpoint says what it accepts, and Stripe's answers to what does not fit.
 *
 * A schema is a record of kinds: `{ email: string().clearable(), items: list(hash({ price: string().required() })) }`.
 * A kind turns decoded form text into a typed value. An empty value means "unset" and becomes null where the kind is
 * clearable; everywhere else it is `parameter_invalid_empty`, as at Stripe.
 */
import { supportedCurrency } from "./currencies";
import { invalidParameter, notSupported } from "./errors";
import type { FormHash, FormValue } from "./form";

/** Validated parameters as the untyped view of a route; `defineRoute` gives handlers the typed one. */
export type Parameters = Record<string, unknown>;

/** What lies inside a kind, for telling what is supported; absent for plain values. */
export type Shape =
  | { hash: ParameterSchema; unsupported: readonly string[] }
  | { list: Kind<unknown> }
  | { either: readonly Kind<unknown>[] };

/** One kind of value. `T` is what the handler gets, `R` whether the parameter must be present. */
export class Kind<T, R extends boolean = boolean> {
  constructor(
    /** Turns text or a hash into the value, or throws Stripe's error with `param` = path. */
    readonly decode: (value: FormValue, path: string) => T,
    readonly isRequired: R,
    readonly isClearable: boolean,
    readonly shape?: Shape,
  ) {}

  /** Absence is `parameter_missing`. */
  required(): Kind<T, true> {
    return new Kind(this.decode, true, this.isClearable, this.shape);
  }

  /** An empty value unsets: the handler sees null. */
  clearable(): Kind<T | null, R> {
    return new Kind<T | null, R>(this.decode, this.isRequired, true, this.shape);
  }
}

/** What an endpoint or a hash accepts, by name. */
export type ParameterSchema = Record<string, Kind<unknown>>;

type RequiredNames<S extends ParameterSchema> = {
  [K in keyof S]: S[K] extends Kind<unknown, infer R> ? (R extends true ? K : never) : never;
}[keyof S];

type ValueOf<K> = K extends Kind<infer T> ? T : never;

/** The typed parameters of a schema: required ones are there, all others may be absent. */
export type Infer<S extends ParameterSchema> = { [K in RequiredNames<S>]: ValueOf<S[K]> } & {
  [K in Exclude<keyof S, RequiredNames<S>>]?: ValueOf<S[K]> | undefined;
};

function text(value: FormValue, path: string, wanted: string): string {
  if (typeof value === "string") return value;
  throw invalidParameter(
    `parameter_invalid_${wanted}`,
    path,
    `Invalid ${wanted}: ${path} must not be a hash or array.`,
  );
}

/** Free text. */
export function string(options: { maxLength?: number } = {}): Kind<string, false> {
  const maximum = options.maxLength ?? 5_000;
  return new Kind(
    (value, path) => {
      if (typeof value !== "string") {
        throw invalidParameter("parameter_invalid_string", path, `Invalid string: ${path} must be a string.`);
      }
      if (value.length > maximum) {
        throw invalidParameter(
          "parameter_invalid_string_too_long",
          path,
          `Invalid string: ${path} must be at most ${maximum} characters.`,
        );
      }
      return value;
    },
    false,
    false,
  );
}

/** A whole number, within JavaScript's exact range. */
export function integer(options: { minimum?: number; maximum?: number } = {}): Kind<number, false> {
  return new Kind(
    (value, path) => {
      const raw = text(value, path, "integer");
      const number = Number(raw);
      if (!/^-?\d+$/.test(raw) || !Number.isSafeInteger(number)) {
        throw invalidParameter("parameter_invalid_integer", path, `Invalid integer: ${raw.slice(0, 60)}`);
      }
      if (options.minimum !== undefined && number < options.minimum) {
        throw invalidParameter(
          "parameter_invalid_integer",
          path,
          `This value must be greater than or equal to ${options.minimum}.`,
        );
      }
      if (options.maximum !== undefined && number > options.maximum) {
        throw invalidParameter(
          "parameter_invalid_integer",
          path,
          `This value must be less than or equal to ${options.maximum}.`,
        );
      }
      return number;
    },
    false,
    false,
  );
}

/** A moment in Unix seconds. */
export function timestamp(): Kind<number, false> {
  return integer({ minimum: 0, maximum: 253_402_300_799 });
}

/** true or false, nothing else. */
export function boolean(): Kind<boolean, false> {
  return new Kind(
    (value, path) => {
      if (value === "true") return true;
      if (value === "false") return false;
      throw invalidParameter(
        "parameter_invalid_boolean",
        path,
        `Invalid boolean: ${typeof value === "string" ? value.slice(0, 60) : path}`,
      );
    },
    false,
    false,
  );
}

/** One of the given words. */
export function oneOf<const V extends readonly string[]>(...values: V): Kind<V[number], false> {
  return new Kind(
    (value, path) => {
      const found = values.find((candidate) => candidate === value);
      if (found !== undefined) return found;
      const last = values.at(-1) ?? "";
      const list = values.length > 1 ? `${values.slice(0, -1).join(", ")}, or ${last}` : last;
      throw invalidParameter("parameter_invalid_enum", path, `Invalid ${path}: must be one of ${list}`);
    },
    false,
    false,
  );
}

/** An exact decimal, kept as its text. At most `places` digits after the point. */
export function decimal(options: { places?: number; minimum?: number } = {}): Kind<string, false> {
  const places = options.places ?? 12;
  return new Kind(
    (value, path) => {
      const raw = text(value, path, "decimal");
      const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(raw);
      if (match === null || (match[3] ?? "").length > places) {
        throw invalidParameter("parameter_invalid_decimal", path, `Invalid decimal: ${raw.slice(0, 60)}`);
      }
      if (options.minimum !== undefined && Number(raw) < options.minimum) {
        throw invalidParameter("parameter_invalid_decimal", path, `This value must be at least ${options.minimum}.`);
      }
      const fraction = (match[3] ?? "").replace(/0+$/, "");
      const whole = (match[2] ?? "0").replace(/^0+(?=\d)/, "");
      return `${match[1] ?? ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
    },
    false,
    false,
  );
}

/** A currency that Stripe charges in, in lower case; Stripe accepts and lowers capitals. */
export function currency(): Kind<string, false> {
  return new Kind((value, path) => supportedCurrency(text(value, path, "string"), path), false, false);
}

/** A hash with its own schema. */
export function hash<S extends ParameterSchema>(schema: S, unsupported: readonly string[] = []): Kind<Infer<S>, false> {
  return new Kind(
    (value, path) => {
      if (typeof value === "string") {
        throw invalidParameter("parameter_invalid_hash", path, `Invalid object: ${path} must be a hash.`);
      }
      return readParameters(schema, value, unsupported, path);
    },
    false,
    false,
    { hash: schema, unsupported },
  );
}

/** A list, encoded `a[0]=…`, `a[]=…`. An empty value clears it: the handler gets an empty list. */
export function list<T>(kind: Kind<T>, options: { maximum?: number } = {}): Kind<T[], false> {
  return new Kind(
    (value, path) => {
      if (value === "") return [];
      if (typeof value === "string" || Object.keys(value).some((key) => !/^\d{1,6}$/.test(key))) {
        throw invalidParameter("parameter_invalid_array", path, `Invalid array: ${path} must be an array.`);
      }
      const keys = Object.keys(value).sort((a, b) => Number(a) - Number(b));
      if (options.maximum !== undefined && keys.length > options.maximum) {
        throw invalidParameter(
          "parameter_invalid_array",
          path,
          `Invalid array: at most ${options.maximum} elements are allowed.`,
        );
      }
      return keys.map((key) => readValue(kind, value[key] ?? "", `${path}[${key}]`));
    },
    false,
    false,
    { list: kind },
  );
}

/** Either a word or timestamp-like text accepted by the first kind, or a value of the second. */
export function either<A, B>(first: Kind<A>, second: Kind<B>): Kind<A | B, false> {
  return new Kind<A | B, false>(
    (value, path) => {
      try {
        return first.decode(value, path);
      } catch {
        return second.decode(value, path);
      }
    },
    false,
    false,
    { either: [first, second] },
  );
}

/** A metadata change: null for a key that is to be deleted; null as a whole clears everything. */
export type MetadataChange = Record<string, string | null> | null;

/** Stripe's metadata: at most 50 keys of 40 characters with values of 500. */
export function metadata(): Kind<MetadataChange, false> {
  return new Kind<MetadataChange, false>(
    (value, path) => {
      if (value === "") return null;
      if (typeof value === "string") {
        throw invalidParameter("parameter_invalid_hash", path, `Invalid object: ${path} must be a hash.`);
      }
      const change: Record<string, string | null> = {};
      for (const [key, entry] of Object.entries(value)) {
        const at = `${path}[${key}]`;
        if (typeof entry !== "string") {
          throw invalidParameter("parameter_invalid_string", at, "Metadata values must be strings.");
        }
        if (key.length > 40 || key === "" || key === "__proto__") {
          throw invalidParameter("parameter_invalid_string", at, "Metadata keys must have 1 to 40 characters.");
        }
        if (entry.length > 500) {
          throw invalidParameter("parameter_invalid_string", at, "Metadata values can have up to 500 characters.");
        }
        change[key] = entry === "" ? null : entry;
      }
      return change;
    },
    false,
    true,
  );
}

/** Applies a metadata change to what was there. */
export function applyMetadata(
  current: Record<string, string>,
  change: MetadataChange | undefined,
): Record<string, string> {
  if (change === undefined) return current;
  if (change === null) return {};
  const next: Record<string, string> = { ...current };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete next[key];
    else next[key] = value;
  }
  if (Object.keys(next).length > 50) {
    throw invalidParameter("parameter_invalid_hash", "metadata", "Metadata can have up to 50 keys.");
  }
  return next;
}

/** `created` and other time filters of lists: a moment, or bounds. */
export function timeRange() {
  return either(timestamp(), hash({ gt: timestamp(), gte: timestamp(), lt: timestamp(), lte: timestamp() }));
}

/** Whether a time satisfies such a filter. */
export function inTimeRange(
  filter: number | { gt?: number; gte?: number; lt?: number; lte?: number } | undefined,
  time: number,
): boolean {
  if (filter === undefined) return true;
  if (typeof filter === "number") return time === filter;
  return (
    (filter.gt === undefined || time > filter.gt) &&
    (filter.gte === undefined || time >= filter.gte) &&
    (filter.lt === undefined || time < filter.lt) &&
    (filter.lte === undefined || time <= filter.lte)
  );
}

function readValue<T>(kind: Kind<T>, value: FormValue, path: string): T {
  if (value === "" && kind.isClearable) return cleared<T>();
  return kind.decode(value, path);
}

/** `clearable()` has put null into T, which the compiler cannot see from here. */
function cleared<T>(): T {
  return null as T;
}

function readPresent(kind: Kind<unknown>, value: FormValue, path: string): unknown {
  if (value === "" && !kind.isClearable) {
    const decoded = tryEmpty(kind, path);
    if (decoded !== undefined) return decoded;
    throw invalidParameter(
      "parameter_invalid_empty",
      path,
      `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; however '${path}' cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
    );
  }
  return readValue(kind, value, path);
}

/** Lists read an empty value as the empty list; every other kind refuses it. */
function tryEmpty(kind: Kind<unknown>, path: string): unknown {
  try {
    const decoded = kind.decode("", path);
    return Array.isArray(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/** Holds a decoded hash against a schema; throws the first of Stripe's errors, unknown names first. */
export function readParameters<S extends ParameterSchema>(
  schema: S,
  given: FormHash,
  unsupported: readonly string[] = [],
  prefix = "",
): Infer<S> {
  const at = (name: string) => (prefix === "" ? name : `${prefix}[${name}]`);
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(schema, name)) continue;
    if (unsupported.includes(name) || unsupported.includes(at(name))) {
      throw notSupported(`The parameter '${at(name)}'`, at(name));
    }
    throw invalidParameter("parameter_unknown", at(name), `Received unknown parameter: ${at(name)}`);
  }
  const result: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(schema)) {
    const value = given[name];
    if (value === undefined) {
      if (kind.isRequired) {
        throw invalidParameter("parameter_missing", at(name), `Missing required param: ${at(name)}.`);
      }
      continue;
    }
    result[name] = readPresent(kind, value, at(name));
  }
  return result as Infer<S>;
}
