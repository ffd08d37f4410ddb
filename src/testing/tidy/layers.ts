/**
 * Who may import whom, as data: the table of the house rules. A file belongs to one layer by its path; a layer names the
 * layers it may use, with values or with types only. What is not named is refused.
 */

/** Slices of the domain, each free to use those before it. */
export const SLICE_ORDER = [
  "kernel",
  "catalog",
  "pricing",
  "audit",
  "tenants",
  "operations",
  "usage",
  "subscriptions",
  "entitlements",
  "invoices",
  "payments",
  "dunning",
  "notifications",
  "revenue",
  "webhooks",
] as const;

/** A kind of file, by what it is there for. */
export type Layer =
  | "kernel"
  | "model"
  | "rules"
  | "store"
  | "verb"
  | "face"
  | "surroundings"
  | "stripe gateway"
  | "stripe events"
  | "stripe"
  | "db transaction"
  | "db"
  | "env"
  | "context"
  | "auth"
  | "router"
  | "api"
  | "rest"
  | "server"
  | "workers"
  | "cli"
  | "trpc"
  | "ui"
  | "app"
  | "app client"
  | "sandbox"
  | "sdk"
  | "testing";

const DOMAIN: readonly Layer[] = ["kernel", "model", "rules", "face"];
const DATABASE: readonly Layer[] = ["db", "db transaction"];
const STRIPE: readonly Layer[] = ["stripe", "stripe gateway", "stripe events"];
const SERVER: readonly Layer[] = ["context", "auth", "router", "api", "rest", "server"];

/** Rows of the table: value imports, then those that may only be of types. */
const TABLE: Record<Layer, { values: readonly Layer[]; types: readonly Layer[] }> = {
  kernel: { values: ["kernel"], types: [] },
  model: { values: ["kernel", "model", "rules"], types: [] },
  rules: { values: ["kernel", "model", "rules"], types: [] },
  store: { values: ["kernel", "model", "rules", ...DATABASE], types: ["surroundings"] },
  verb: {
    values: [...DOMAIN, "store", "verb", "db transaction"],
    types: ["surroundings", "stripe gateway", "db"],
  },
  face: { values: [...DOMAIN, "verb", "store"], types: [] },
  surroundings: { values: [], types: ["kernel", "stripe gateway", "db", "model"] },
  "stripe gateway": { values: ["kernel"], types: ["model", "stripe gateway"] },
  "stripe events": { values: ["kernel", ...STRIPE], types: ["model"] },
  stripe: { values: ["kernel", ...STRIPE], types: ["model"] },
  "db transaction": { values: DATABASE, types: [] },
  db: { values: DATABASE, types: [] },
  env: { values: [], types: [] },
  context: { values: [...DOMAIN, ...DATABASE, ...STRIPE, ...SERVER, "env"], types: ["surroundings"] },
  auth: { values: [...DOMAIN, ...SERVER, "env", "db"], types: ["surroundings"] },
  router: { values: ["kernel", "model", "face", ...SERVER], types: ["surroundings"] },
  api: { values: ["kernel", "model", "face", ...SERVER, "env"], types: ["surroundings"] },
  rest: { values: ["kernel", "model", "face", ...SERVER], types: ["surroundings"] },
  server: { values: [...DOMAIN, ...SERVER, "env"], types: ["surroundings"] },
  workers: { values: [...DOMAIN, ...DATABASE, ...STRIPE, ...SERVER, "workers", "env"], types: ["surroundings"] },
  cli: { values: [...DOMAIN, ...DATABASE, ...STRIPE, ...SERVER, "workers", "cli", "env"], types: ["surroundings"] },
  trpc: { values: ["trpc", "kernel", "api", "context", "auth"], types: ["router", "model"] },
  ui: { values: ["ui", "trpc", "rules", "kernel"], types: ["model", "router", "api"] },
  app: {
    values: ["app", "app client", "ui", "trpc", "auth", "model", "rules", "kernel", "env"],
    types: ["api", "router"],
  },
  "app client": {
    values: ["app client", "app", "ui", "trpc", "rules", "kernel"],
    types: ["model", "router", "api", "auth"],
  },
  sandbox: { values: ["sandbox"], types: ["sandbox"] },
  sdk: { values: ["sdk"], types: ["sdk"] },
  testing: { values: [], types: [] },
};

/** Files that may use more than their layer, each with the reason; kept few. */
const EXCEPTIONS: Readonly<Record<string, { layers: readonly Layer[]; reason: string }>> = {
  "src/app/api/webhooks/stripe/route.ts": {
    layers: ["context", "face", "kernel", "stripe events"],
    reason: "Stripe speaks to a plain route: it verifies, stores in the inbox, answers",
  },
  "src/cli/start/preflight.ts": {
    layers: ["verb"],
    reason: "it reads the catalog file before Prisma's client is made, which the slice's index needs",
  },
  "src/app/api/trpc/[trpc]/route.ts": { layers: ["api", "router"], reason: "the tRPC route mounts the API root" },
};

/** The layer of a file; `isClient` says that it opens with "use client". Null for files outside the table. */
export function layerOf(path: string, isClient: boolean): Layer | null {
  const [top, second = "", third = ""] = path.replace(/^src\//, "").split("/");
  if (!path.startsWith("src/")) return null;
  if (top === "env.ts") return "env";
  if (top === "billing") return billingLayer(second, third);
  if (top === "stripe") {
    if (second === "gateway.ts" || second === "records.ts") return "stripe gateway";
    return second.startsWith("events") ? "stripe events" : "stripe";
  }
  if (top === "db") return second === "transaction.ts" ? "db transaction" : "db";
  if (top === "server") return serverLayer(second, third);
  if (top === "app") return isClient ? "app client" : "app";
  const rest: readonly Layer[] = ["workers", "cli", "trpc", "ui", "sandbox", "sdk", "testing"];
  return rest.find((layer) => layer === top) ?? null;
}

function billingLayer(slice: string, name: string): Layer {
  if (slice === "context.ts") return "surroundings";
  if (slice === "kernel") return "kernel";
  if (slice === "pricing" || /^rules([./-]|$)/.test(name)) return "rules";
  if (/^model([./-]|$)/.test(name)) return "model";
  if (/^store([./-]|$)/.test(name)) return "store";
  return name === "" || name === "index.ts" ? "face" : "verb";
}

function serverLayer(second: string, third: string): Layer {
  if (second === "context.ts") return "context";
  if (second === "auth") return "auth";
  if (second === "rest") return "rest";
  if (second === "api") return third === "routers" ? "router" : "api";
  return "server";
}

/** The slice a file of the domain belongs to, or null. */
export function sliceOf(path: string): string | null {
  return /^src\/billing\/([a-z-]+)\//.exec(path)?.[1] ?? null;
}

/** Why this import is refused, or null when it is allowed. */
export function refusal(
  from: { path: string; layer: Layer },
  to: { path: string; layer: Layer },
  typeOnly: boolean,
): string | null {
  if (from.layer === "testing" || EXCEPTIONS[from.path]?.layers.includes(to.layer)) return null;
  // The inbox is where Stripe's events enter the domain, so this one slice knows their union.
  if (to.layer === "stripe events" && sliceOf(from.path) === "webhooks") return null;
  const row = TABLE[from.layer];
  const allowed = row.values.includes(to.layer) || (typeOnly && row.types.includes(to.layer));
  if (!allowed) {
    const hint = row.types.includes(to.layer) ? " (only its types)" : "";
    return `a ${from.layer} file may not import ${to.layer}${hint}`;
  }
  return sliceRefusal(from, to);
}

function sliceRefusal(from: { path: string; layer: Layer }, to: { path: string; layer: Layer }): string | null {
  const own = sliceOf(from.path);
  const other = sliceOf(to.path);
  if (own === null || other === null || own === other) return null;
  if (to.layer === "verb" || to.layer === "store") return `${other} is entered by its index, model or rules only`;
  if (to.layer !== "face") return null;
  const order: readonly string[] = SLICE_ORDER;
  return order.indexOf(other) < order.indexOf(own) ? null : `${own} stands before ${other} and may not use it`;
}
