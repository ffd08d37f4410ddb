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
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch (cause) {
    throw new BillingError("invalid", "request.malformed_json", "The body is not valid JSON.", { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refusal(parsed.error.issues, codes);
}

function refusal(issues: readonly z.core.$ZodIssue[], codes: FieldCodes): BillingError {
  const unknown = issues.find((issue) => issue.code === "unrecognized_keys");
  if (unknown?.code === "unrecognized_keys") {
    const param = [...unknown.path, unknown.keys[0] ?? ""].join(".");
    return new BillingError("invalid", "request.unknown_field", `The field \`${param}\` does not exist here.`, {
      details: { param },
    });
  }
  const issue = issues[0];
  const param = issue?.path.join(".") ?? "";
  const code = codes[String(issue?.path[0] ?? "")] ?? "request.invalid";
  return new BillingError(
    "invalid",
    code,
    `The field \`${param || "body"}\` is not valid: ${issue?.message ?? "unknown"}.`,
    {
      details: { param },
    },
  );
}
