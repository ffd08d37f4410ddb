/** Reads a JSON body strictly: every way it can be wrong has its own code and names the field. */
import type { Context } from "hono";
import type { z } from "zod";
import { BillingError, type BillingErrorCode } from "@/billing/kernel/errors";
import type { RestEnvironment } from "./environment";

/** Codes for fields whose faults have a name of their own. */
export type FieldCodes = Readonly<Record<string, BillingErrorCode>>;

/** The body as the schema describes it. Throws `request.malformed_json`, `request.unknown_field`, `request.invalid`, or the field's own code. */
export async function readBody<S extends z.ZodType>(
  c: Context<RestEnvironment>,
  schema: S,
  codes: FieldCodes = {},
): Promise<z.output<S>> {
  const text = await c.req.text();
  const parsed = schema.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw refusal(parsed.error.issues, codes);
}

function parse(text: string): unknown {
  if (text.trim() === "") return {};
  const fields = new Set<string>();
  let value: unknown;
  try {
    value = JSON.parse(text, (field, inner: unknown) => {
      fields.add(field);
      return inner;
    });
  } catch (cause) {
    throw new BillingError("invalid", "request.malformed_json", "The body is not valid JSON.", { cause });
  }
  // A name that means something to JavaScript would vanish silently on the way.
  if (!fields.has("__proto__")) return value;
  throw unknownField("__proto__");
}

function unknownField(param: string): BillingError {
  return new BillingError("invalid", "request.unknown_field", `The field \`${param}\` does not exist here.`, {
    details: { param },
  });
}

function refusal(issues: readonly z.core.$ZodIssue[], codes: FieldCodes): BillingError {
  const unknown = issues.find((issue) => issue.code === "unrecognized_keys");
  if (unknown?.code === "unrecognized_keys") {
    return unknownField([...unknown.path, unknown.keys[0] ?? ""].join("."));
  }
  const issue = issues[0];
  const param = issue?.path.join(".") ?? "";
  const code = codes[String(issue?.path[0] ?? "")] ?? "request.invalid";
  return new BillingError("invalid", code, fault(param, issue?.message ?? "unknown"), { details: { param } });
}

const RECEIVED = /, received (\w+)$/;
const BODIES: Readonly<Record<string, string>> = { array: "a list", null: "null" };

/** The fault in the caller's terms: what a validator "received" as undefined was not there. */
function fault(param: string, message: string): string {
  const received = RECEIVED.exec(message)?.[1];
  if (param === "") {
    const sent = received === undefined ? null : (BODIES[received] ?? `a ${received}`);
    return sent === null ? `The body is not valid: ${message}.` : `The body must be a JSON object, not ${sent}.`;
  }
  if (received === "undefined") return `The field \`${param}\` is missing.`;
  return `The field \`${param}\` is not valid: ${message.replace(/^Invalid input: /, "")}.`;
}
