/**
 * Form parameters for a route, drawn from its own schema: names and nesting as it wants them with values that often fit and
 * often do not, so that requests get past the reading of parameters and into the handlers.
 */
import fc from "fast-check";
import { StripeError } from "../../http/errors";
import type { Kind, ParameterSchema } from "../../http/params";

/** Percent-encodes any text; unlike encodeURIComponent, lone surrogates too. */
export const encode = (text: string): string =>
  [...Buffer.from(text, "utf8")].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

/** The time at which the fuzzed sandbox's clock starts. */
export const START = 1_767_225_600;

const oddValues = [
  ...[
    "",
    " ",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "5",
    "1.5",
    "-0",
    "00",
    "+7",
    "1e3",
    "NaN",
    "Infinity",
    "null",
    "undefined",
  ],
  ...["9007199254740993", "99999999999999999999", "-9223372036854775809", "0.000000000001", "1e309", "0x10"],
  ...["é😀", "\u0000", "a\u0000b", "\u202e", "\ud800", "line\nbreak", "x".repeat(600), "<script>", "%", "[]", "{}"],
  ...["usd", "USD", "zzz", "now", "none", "month", "year", "card", "__proto__", "constructor", "toString", "unset"],
];

/** Words that some parameter of this name really takes. */
const fitting: ReadonlyArray<[name: RegExp, values: readonly string[]]> = [
  [/currency$/, ["usd", "usd", "eur", "jpy"]],
  [/amount|balance|price$/, ["100", "500", "2900", "0"]],
  [/decimal/, ["0.5", "12.345"]],
  [/quantity|interval_count|iterations|days|months/, ["1", "2", "14"]],
  [/interval$/, ["month", "year", "day"]],
  [/percent/, ["10", "25.5"]],
  [
    /(_at|_end|_start|^start|^end|date|anchor|time|until|from)$/,
    [START + 86_400, START + 2_600_000, START - 5, "now"].map(String),
  ],
  [/proration_behavior/, ["none", "create_prorations", "always_invoice"]],
  [/payment_behavior/, ["default_incomplete", "allow_incomplete", "error_if_incomplete", "pending_if_incomplete"]],
  [/^mode$|behavior$/, ["payment", "setup", "subscription", "exclusive", "inclusive", "void", "keep_as_draft"]],
  [/^type$/, ["card", "us_bank_account", "sepa_debit", "eu_vat", "credit", "amount", "recurring", "default"]],
  [/email/, ["ada@example.test"]],
  [/url/, ["https://example.test/back"]],
  [/country/, ["US", "DE"]],
  [/method/, ["pm_card_visa", "pm_card_chargeDeclined", "automatic", "charge_automatically", "send_invoice"]],
  [/token|source/, ["tok_visa"]],
  [/duration/, ["once", "forever", "repeating"]],
  [/scheme|usage_type|aggregat/, ["per_unit", "tiered", "metered", "licensed", "sum", "count"]],
];

function plainValue(name: string, ids: () => readonly string[], idsOf: (name: string) => readonly string[]) {
  const words = fitting.find(([pattern]) => pattern.test(name))?.[1] ?? ["true", "Ada", "1"];
  const own = fc.nat().map((at) => {
    const known = idsOf(name);
    return known[at % Math.max(1, known.length)] ?? words[at % words.length] ?? "";
  });
  return fc.oneof(
    { weight: 8, arbitrary: own },
    { weight: 6, arbitrary: fc.constantFrom(...words) },
    { weight: 3, arbitrary: fc.constantFrom(...oddValues) },
    { weight: 1, arbitrary: fc.nat().map((at) => ids()[at % Math.max(1, ids().length)] ?? "") },
    { weight: 1, arbitrary: fc.integer().map(String) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  );
}

/** How a kind without a described inside has to be written. */
function notation(kind: Kind<unknown>): "plain" | "hash" | "list" {
  try {
    kind.decode("?", "p");
  } catch (error) {
    if (error instanceof StripeError && error.body.code === "parameter_invalid_hash") return "hash";
    if (error instanceof StripeError && error.body.code === "parameter_invalid_array") return "list";
  }
  return "plain";
}

/** Where ids come from: all of the sandbox's, and those of the kind that a parameter's name speaks of. */
export interface IdSource {
  all(): readonly string[];
  named(name: string): readonly string[];
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** One parameter with all that lies below it. */
function parameter(path: string, name: string, kind: Kind<unknown>, ids: IdSource, depth: number): fc.Arbitrary<Pairs> {
  const value = plainValue(name, ids.all, ids.named);
  const plain = value.map((text): Pairs => [[path, text]]);
  const { shape } = kind;
  if (depth > 5) return plain;
  let wanted: fc.Arbitrary<Pairs>;
  if (shape === undefined) {
    const suffix = { plain: "", hash: "[key]", list: "[0]" }[notation(kind)];
    wanted = value.map((text): Pairs => [[`${path}${suffix}`, text]]);
  } else if ("hash" in shape) wanted = schemaParameters(shape.hash, ids, path, depth + 1);
  else if ("list" in shape) {
    const one = (place: string) => parameter(`${path}[${place}]`, name.replace(/s$/, ""), shape.list, ids, depth + 1);
    wanted = fc.oneof(
      { weight: 4, arbitrary: one("0") },
      { weight: 1, arbitrary: one("") },
      {
        weight: 2,
        arbitrary: fc.tuple(one("0"), one("1")).map(([first, second]): Pairs => [...first, ...second]),
      },
    );
  } else wanted = fc.oneof(...shape.either.map((inner) => parameter(path, name, inner, ids, depth + 1)));
  return fc.oneof(
    { weight: 24, arbitrary: wanted },
    { weight: 1, arbitrary: plain },
    { weight: 1, arbitrary: value.map((text): Pairs => [[`${path}[0][a]`, text]]) },
  );
}

/** Parameters of a schema: nearly always the required ones, and a few of the others. */
export function schemaParameters(schema: ParameterSchema, ids: IdSource, above = "", depth = 0): fc.Arbitrary<Pairs> {
  const entries = Object.entries(schema);
  const path = (name: string) => (above === "" ? name : `${above}[${name}]`);
  const draw = ([name, kind]: [string, Kind<unknown>]) => parameter(path(name), name, kind, ids, depth);
  const required = entries.filter(([, kind]) => kind.isRequired).map(draw);
  const others = entries.filter(([, kind]) => !kind.isRequired);
  const some =
    others.length === 0
      ? fc.constant<Pairs[]>([])
      : fc.array(
          fc.nat({ max: others.length - 1 }).chain((at) => draw(others[at] ?? ["", entries[0]?.[1] as Kind<unknown>])),
          { maxLength: depth === 0 ? 5 : 3 },
        );
  const needed = fc.tuple(fc.nat({ max: 11 }), ...required).map(([luck, ...all]) => (luck === 0 ? [] : all));
  return fc.tuple(needed, some).map(([first, second]): Pairs => [...first, ...second].flat());
}
