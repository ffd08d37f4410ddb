/**
 * What the sandbox supports, told by the routes themselves: the tables of the README.
 *
 * Nothing here is written by hand, so that the README cannot promise more, or less, than the server does.
 */
import type { Kind, ParameterSchema } from "../http/params";
import type { Route } from "../http/route";
import { stripeOperations } from "../http/stripe-operations";

const begin = "<!-- support: written by `npm run -s sandbox:table` -->";
const end = "<!-- /support -->";

/** The names a schema takes, with what lies inside: `items[price, quantity]`. */
function accepted(schema: ParameterSchema): string {
  return Object.entries(schema)
    .map(([name, kind]) => `${name}${inside(kind)}`)
    .join(", ");
}

function inside(kind: Kind<unknown>): string {
  const { shape } = kind;
  if (shape === undefined) return "";
  if ("list" in shape) return inside(shape.list);
  if ("either" in shape) return shape.either.map(inside).find((text) => text !== "") ?? "";
  return `[${accepted(shape.hash)}]`;
}

/** Names that answer 501 below a kind, each as `items[discounts]`. */
function refusedInside(kind: Kind<unknown>, path: string): string[] {
  const { shape } = kind;
  if (shape === undefined) return [];
  if ("list" in shape) return refusedInside(shape.list, path);
  if ("either" in shape) return shape.either.flatMap((one) => refusedInside(one, path));
  const own = shape.unsupported.map((name) => (name.includes("[") ? name : `${path}[${name}]`));
  return [...own, ...refusedBelow(shape.hash, path)];
}

function refusedBelow(schema: ParameterSchema, path: string): string[] {
  return Object.entries(schema).flatMap(([name, kind]) => refusedInside(kind, path === "" ? name : `${path}[${name}]`));
}

function refused(route: Route): string[] {
  return [...new Set([...(route.unsupported ?? []), ...refusedBelow(route.accepts, "")])];
}

const cell = (text: string) => (text === "" ? "–" : text.replaceAll("|", "\\|"));

function supportedTable(routes: readonly Route[]): string[] {
  const rows = [...routes]
    .sort((a, b) => (a.pattern === b.pattern ? (a.method < b.method ? -1 : 1) : a.pattern < b.pattern ? -1 : 1))
    .map((route) => {
      const key = route.publishable === true ? " (publishable key too)" : "";
      return `| \`${route.method} ${route.pattern}\`${key} | ${cell(accepted(route.accepts))} | ${cell(refused(route).join(", "))} |`;
    });
  return ["| Endpoint | Takes | Answers 501 to |", "| --- | --- | --- |", ...rows];
}

/** Stripe's operations without a route, a row per resource. */
function missingTable(routes: readonly Route[]): string[] {
  const served = new Set(routes.map(({ method, pattern }) => `${method} ${pattern.replaceAll(/:[a-z_]+/gi, "*")}`));
  const byResource = new Map<string, string[]>();
  for (const { method, path } of stripeOperations()) {
    if (served.has(`${method} ${path}`)) continue;
    const [version = "", first = "", second = ""] = path.split("/").slice(1);
    const isNamespace = /^(apps|billing|billing_portal|checkout|climate|core|test_helpers|issuing|tax|treasury)$/.test(
      first,
    );
    const resource = [version, first, ...(isNamespace ? [second] : [])].join("/");
    const list = byResource.get(resource) ?? [];
    list.push(`${method} ${path.slice(resource.length + 1) || "/"}`);
    byResource.set(resource, list);
  }
  const rows = [...byResource].map(([resource, operations]) => `| \`/${resource}\` | ${operations.join(", ")} |`);
  return [
    "| Resource | Operations that answer 501 |",
    "| --- | --- |",
    ...rows.map((row) => row.replaceAll("*", "\\*")),
  ];
}

/** The generated part of the README, markers included. */
export function supportSection(routes: readonly Route[]): string {
  return [
    begin,
    "",
    "Each endpoint also takes `expand`, and each POST an `Idempotency-Key`. A name in neither column answers 400, as at Stripe.",
    "",
    ...supportedTable(routes),
    "",
    "Of Stripe's other operations none is imitated:",
    "",
    ...missingTable(routes),
    "",
    end,
  ].join("\n");
}

/** The README with its generated part made anew; refuses a README without the markers. */
export function withSupportSection(readme: string, routes: readonly Route[]): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The README lacks the lines "${begin}" and "${end}".`);
  return readme.slice(0, from) + supportSection(routes) + readme.slice(to + end.length);
}
