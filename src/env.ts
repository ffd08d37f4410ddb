/**
 * The only reader of the process's environment. Everything else receives typed values, so that a wrong variable is found
 * when a program starts, together with all the others that are wrong, and never in the middle of a payment.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Variables as a process sees them; an empty one counts as not set. */
export type EnvironmentSource = Readonly<Record<string, string | undefined>>;

/** How to reach Stripe, the real one or the sandbox. */
export interface StripeAccess {
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly webhookSecret: string;
  /** Base address of the sandbox; null means Stripe itself. */
  readonly apiUrl: string | null;
}

/** The settings of one installation. */
export interface Environment {
  /** `sandbox` when no Stripe keys are set: demo accounts, the mailbox page and the movable clock exist only then. */
  readonly mode: "sandbox" | "stripe";
  /** Null means: the embedded PostgreSQL, whose address `npm start` hands to the programs it starts. */
  readonly databaseUrl: string | null;
  readonly stripe: StripeAccess;
  readonly host: string;
  readonly port: number;
  readonly sandboxPort: number;
  /** Where people and Stripe reach us, without a trailing slash. */
  readonly publicUrl: string;
  /** Null until `npm start` has made or read the one it keeps. */
  readonly sessionSecret: string | null;
  /** Signs the links in letters about unpaid invoices; null: letters point to the portal instead. */
  readonly linkSecret: string | null;
  /** Name of a preset or path of a catalog file. */
  readonly catalog: string;
  readonly taxMode: "rate" | "stripe_tax";
  /** Who sells, as invoices say it. */
  readonly seller: { readonly name: string | null; readonly address: readonly string[]; readonly taxId: string | null };
  /** Null means: mail is kept in the database and shown on the mailbox page. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Absolute or relative to the working directory; holds data that outlives a run. */
  readonly dataDir: string;
  readonly production: boolean;
}

/** One thing that is wrong with the environment, and what to do about it. */
export interface EnvironmentProblem {
  readonly variable: string;
  readonly problem: string;
}

/** Thrown with every problem at once; the message is made for people. */
export class EnvironmentProblems extends Error {
  override readonly name = "EnvironmentProblems";
  constructor(readonly problems: readonly EnvironmentProblem[]) {
    super(problems.map(({ variable, problem }) => `${variable}: ${problem}`).join("\n"));
  }
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const PRESETS = ["dnalang", "daur"];
const SANDBOX_KEYS = { secretKey: "sk_test_sandbox", publishableKey: "pk_test_sandbox" };

/** Ports that every browser and Node's own fetch refuse, by the list of the Fetch standard; nothing would ever arrive. */
const REFUSED_PORTS = [
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566],
  ...[6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
];

const port = (fallback: number, cure: string) =>
  z
    .string()
    .regex(/^\d{1,5}$/, `is not a port number; ${cure}`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= 65_535, `is not between 1 and 65535; ${cure}`)
    .refine((value) => !REFUSED_PORTS.includes(value), `is a port that browsers refuse; ${cure}`)
    .default(fallback);

const address = (protocols: string[], cure: string) =>
  z.string().refine((value) => protocols.includes(URL.canParse(value) ? new URL(value).protocol : ""), cure);

const variables = {
  // --- database ---
  /** A PostgreSQL 15 or newer of your own. Not set: an embedded one is started. */
  DATABASE_URL: address(
    ["postgres:", "postgresql:"],
    'is not a PostgreSQL address; write "postgresql://user:password@host:5432/name", or unset it for the embedded one',
  )
    .refine(
      (value) => !URL.canParse(value) || new URL(value).pathname.length > 1,
      "names no database; add its name after the host",
    )
    .optional(),

  // --- Stripe: all three together, or none for the sandbox ---
  /** The server's key. A restricted key works when it may write what billing writes. */
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_\w+$/, 'does not look like a secret key; it starts with "sk_test_" or "sk_live_"')
    .optional(),
  /** The browser's key, for the card fields. */
  STRIPE_PUBLISHABLE_KEY: z
    .string()
    .regex(/^pk_(test|live)_\w+$/, 'does not look like a publishable key; it starts with "pk_test_" or "pk_live_"')
    .optional(),
  /** Signs what Stripe posts to /api/webhooks/stripe. */
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_\S+$/, 'does not look like a signing secret; it starts with "whsec_" ("stripe listen" prints one)')
    .optional(),

  // --- the sandbox; the last two are handed over by npm start ---
  SANDBOX_PORT: port(12_111, "choose a free one, for example SANDBOX_PORT=12112"),
  SANDBOX_URL: address(["http:"], "is not an http address; unset it, npm start fills it in").optional(),
  SANDBOX_WEBHOOK_SECRET: z.string().optional(),

  // --- web ---
  /** The address the web server listens on. The sandbox and the embedded database never leave the loopback address. */
  HOST: z.string().default("127.0.0.1"),
  PORT: port(3000, "choose a free one, for example PORT=3001"),
  /** Where people reach us; links in mails and sign-in return to it. NEXTAUTH_URL is the name next-auth knows. */
  PUBLIC_URL: address(
    ["http:", "https:"],
    'is not an address; write for example "https://billing.example.com"',
  ).optional(),
  NEXTAUTH_URL: address(["http:", "https:"], "is not an address; set PUBLIC_URL and leave this one out").optional(),
  /** Protects sessions. Not set: one is made and kept in the data directory, so set it when several machines serve. */
  NEXTAUTH_SECRET: z
    .string()
    .min(32, 'is shorter than 32 characters; "openssl rand -base64 48" makes a good one')
    .optional(),

  /**
   * Signs the links in letters that open "fix payment" without signing in. Not set: NEXTAUTH_SECRET does. Changing it ends
   * every link that was sent. Web, worker and commands need the same one.
   */
  LINK_SECRET: z
    .string()
    .min(32, 'is shorter than 32 characters; "openssl rand -base64 48" makes a good one')
    .optional(),

  // --- the product ---
  /** What is sold: a preset or the path of a catalog file. */
  CATALOG: z
    .string()
    .refine(
      (value) => PRESETS.includes(value) || /[./\\]/.test(value),
      `is neither a preset (${PRESETS.join(", ")}) nor the path of a catalog file`,
    )
    .default("dnalang"),
  /** `rate`: the catalog's fixed rate. `stripe_tax`: Stripe decides by address. */
  TAX_MODE: z.enum(["rate", "stripe_tax"], 'is neither "rate" nor "stripe_tax"').default("rate"),

  // --- the seller, as invoices name it ---
  /** Legal name. Not set: the product's name in the catalog. */
  SELLER_NAME: z.string().max(120, "is longer than 120 characters").optional(),
  /** Address, lines separated by a semicolon or a line break: "Hauptstr. 1; 10115 Berlin; Germany". */
  SELLER_ADDRESS: z.string().max(400, "is longer than 400 characters").optional(),
  /** Tax id that invoices show, for example a VAT id; reverse charge needs it on paper. */
  SELLER_TAX_ID: z.string().max(50, "is longer than 50 characters").optional(),

  // --- mail ---
  /** Not set: mail is kept in the database. */
  SMTP_URL: address(["smtp:", "smtps:"], 'is not a mail server; write "smtp://user:password@host:587"').optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^@]*[^@\s]@[^@\s]+$/, 'is not a sender; write "Billing <billing@example.com>"')
    .default("Quittance <billing@quittance.example>"),

  // --- running ---
  LOG_LEVEL: z.enum(LOG_LEVELS, `is not one of ${LOG_LEVELS.join(", ")}`).default("info"),
  /** The embedded database, the sandbox's records and kept secrets. */
  QUITTANCE_DATA_DIR: z.string().default(".quittance"),
  NODE_ENV: z.string().optional(),
};

type Values = z.infer<z.ZodObject<typeof variables>>;

/** Turns variables into settings; throws EnvironmentProblems when any is wrong. Pure. */
export function loadEnvironment(source: EnvironmentSource): Environment {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = z.object(variables).safeParse(given);
  const wrong = parsed.success
    ? []
    : parsed.error.issues.map((issue) => ({ variable: String(issue.path[0]), problem: issue.message }));
  const problems = [...wrong, ...findContradictions(given, wrong)];
  if (problems.length > 0 || !parsed.success) throw new EnvironmentProblems(problems);
  return settingsOf(parsed.data);
}

/** What no single variable shows. Variables that are wrong by themselves are not blamed twice. */
function findContradictions(given: EnvironmentSource, wrong: EnvironmentProblem[]): EnvironmentProblem[] {
  const problems: EnvironmentProblem[] = [];
  const stripe = ["STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"];
  const missing = stripe.filter((name) => given[name] === undefined);
  if (missing.length > 0 && missing.length < stripe.length) {
    const problem = "is missing; set all three Stripe variables for your account, or none for the sandbox";
    problems.push(...missing.map((variable) => ({ variable, problem })));
  }
  if (wrong.length > 0) return problems;

  const live = (name: string) => given[name]?.includes("_live_") ?? false;
  if (missing.length === 0 && live("STRIPE_SECRET_KEY") !== live("STRIPE_PUBLISHABLE_KEY")) {
    problems.push({ variable: "STRIPE_PUBLISHABLE_KEY", problem: "mixes live and test mode with STRIPE_SECRET_KEY" });
  }
  if (missing.length === stripe.length && (given.PORT ?? "3000") === (given.SANDBOX_PORT ?? "12111")) {
    problems.push({ variable: "SANDBOX_PORT", problem: "is the same as PORT; choose another one" });
  }
  const { PUBLIC_URL: ours, NEXTAUTH_URL: theirs } = given;
  if (ours && theirs && origin(ours) !== origin(theirs)) {
    problems.push({ variable: "NEXTAUTH_URL", problem: "differs from PUBLIC_URL; leave it out" });
  }
  const publicUrl = ours ?? theirs;
  if (live("STRIPE_SECRET_KEY") && publicUrl?.startsWith("http:")) {
    problems.push({ variable: "PUBLIC_URL", problem: "is not https, which card fields need with live keys" });
  }
  return problems;
}

function settingsOf(values: Values): Environment {
  const access = stripeAccess(values);
  return {
    mode: access.apiUrl === null ? "stripe" : "sandbox",
    databaseUrl: values.DATABASE_URL ?? null,
    stripe: access,
    host: values.HOST,
    port: values.PORT,
    sandboxPort: values.SANDBOX_PORT,
    publicUrl: origin(values.PUBLIC_URL ?? values.NEXTAUTH_URL ?? `http://localhost:${values.PORT}`),
    sessionSecret: values.NEXTAUTH_SECRET ?? null,
    linkSecret: values.LINK_SECRET ?? values.NEXTAUTH_SECRET ?? null,
    catalog: values.CATALOG,
    taxMode: values.TAX_MODE,
    seller: {
      name: values.SELLER_NAME ?? null,
      address: (values.SELLER_ADDRESS ?? "").split(/[;\n]/).flatMap((line) => line.trim() || []),
      taxId: values.SELLER_TAX_ID ?? null,
    },
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM,
    logLevel: values.LOG_LEVEL,
    dataDir: values.QUITTANCE_DATA_DIR,
    production: values.NODE_ENV === "production",
  };
}

function stripeAccess(values: Values): StripeAccess {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_PUBLISHABLE_KEY: publishableKey } = values;
  const webhookSecret = values.STRIPE_WEBHOOK_SECRET;
  if (secretKey && publishableKey && webhookSecret) return { secretKey, publishableKey, webhookSecret, apiUrl: null };
  return {
    ...SANDBOX_KEYS,
    webhookSecret: values.SANDBOX_WEBHOOK_SECRET ?? "whsec_sandbox",
    apiUrl: origin(values.SANDBOX_URL ?? `http://127.0.0.1:${values.SANDBOX_PORT}`),
  };
}

function origin(url: string): string {
  return url.replace(/\/+$/, "");
}

let loaded: Environment | null = null;

/**
 * The settings of this process, read once.
 *
 * While the product runs on its embedded parts, their addresses stand in the data directory, so that a command started in
 * another terminal finds them; variables that are set win over them.
 */
export function env(): Environment {
  loaded ??= loadEnvironment({ ...runningAddresses(process.env), ...process.env });
  return loaded;
}

/** Lets the next call read the settings anew: for suites, which share a process and each have a database of their own. */
export function forgetEnvironment(): void {
  loaded = null;
}

/** The process's own variables, for the programs that start others and must hand them on. */
export function processEnvironment(): EnvironmentSource {
  return process.env;
}

/** Name of the file in the data directory that tells other terminals where the embedded parts listen. */
export const RUNNING_FILE = "running.json";

function runningAddresses(source: EnvironmentSource): EnvironmentSource {
  try {
    const file = join(source.QUITTANCE_DATA_DIR || ".quittance", RUNNING_FILE);
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}
