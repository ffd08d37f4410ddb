/**
 * The log of a process: JSON lines with secrets taken out, by the name of a field and by the look of a value.
 */
import pino, { type Logger } from "pino";
import type { Environment } from "@/env";

const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "secretKey",
  "webhookSecret",
  "sessionSecret",
  "linkSecret",
  "clientSecret",
  "client_secret",
  "token",
  "key",
];

/** Stripe's keys and signing secrets, our API keys, bearer tokens, client secrets of intents, links that open without signing in. */
const SECRET_VALUES =
  /\b(?:(?:sk|rk)_(?:test|live)_\w+|whsec_[^\s"']+|qk_\w{12,}|Bearer\s+[^\s"']+|(?:pi|seti)_\w+_secret_\w+|link=[\w-]+\.[\w-]+)/g;

/** Runs of digits as long as a card number; only those with its check digit are taken for one. */
const DIGIT_RUNS = /\b\d(?:[ -]?\d){12,18}\b/g;

/** What a secret is shown as. */
const REMOVED = "[removed]";

/** The text without anything that looks like a secret or a card number. */
export function withoutSecrets(text: string): string {
  const withoutKeys = text.replace(SECRET_VALUES, REMOVED);
  return withoutKeys.replace(DIGIT_RUNS, (digits) => (hasCardCheckDigit(digits) ? REMOVED : digits));
}

/** The sum of Luhn: every second digit from the right doubled, digits of the products added. */
function hasCardCheckDigit(text: string): boolean {
  const digits = [...text.replace(/\D/g, "")].reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const weighed = index % 2 === 0 ? digit : digit * 2;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}

/** Makes the log of a process. */
export function createLog(environment: Pick<Environment, "logLevel">, name: string): Logger {
  const hidden = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      name,
      level: environment.logLevel,
      redact: { paths: hidden, censor: REMOVED },
      serializers: { err: describeError },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    // Standard output belongs to what programs answer (JSON of commands); the log is for people who look after them.
    { write: (line: string) => void process.stderr.write(withoutSecrets(line)) },
  );
}

/** An error with its code, details and causes; pino's own form drops details and could print whole request bodies. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const { code, kind, details, requestId } = error as Error & Record<string, unknown>;
  return {
    name: error.name,
    message: error.message,
    ...Object.fromEntries(
      Object.entries({ code, kind, details, requestId }).filter(([, value]) => value !== undefined),
    ),
    stack: error.stack,
    ...(error.cause !== undefined && depth < 3 && { cause: describeError(error.cause, depth + 1) }),
  };
}
