/** Reads a query string strictly: an unknown or wrong parameter is named. */
import type { Context } from "hono";
import type { z } from "zod";
import { BillingError } from "@/billing/kernel/errors";
import type { RestEnvironment } from "./environment";

/** The parameters as the schema describes them. Throws `request.unknown_field` or `request.invalid` with the parameter. */
export function readQuery<S extends z.ZodType>(c: Context<RestEnvironment>, schema: S): z.output<S> {
  const parsed = schema.safeParse(c.req.query());
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const param = issue.keys[0] ?? "";
    throw new BillingError("invalid", "request.unknown_field", `The parameter \`${param}\` does not exist here.`, {
      details: { param },
    });
  }
  const param = issue?.path.join(".") ?? "";
  const message = `The parameter \`${param}\` is not valid: ${issue?.message ?? "unknown"}.`;
  throw new BillingError("invalid", "request.invalid", message, { details: { param } });
}
