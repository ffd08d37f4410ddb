/** Refusals of the domain as tRPC and pages see them: one table from kind to status, one shape for people. */
import { TRPCError } from "@trpc/server";
import { BillingError, type BillingErrorCode, type BillingErrorKind, type ErrorDetails } from "@/billing/kernel/errors";

const STATUS: Record<BillingErrorKind, TRPCError["code"]> = {
  not_found: "NOT_FOUND",
  invalid: "BAD_REQUEST",
  conflict: "CONFLICT",
  precondition: "PRECONDITION_FAILED",
  forbidden: "FORBIDDEN",
  limit: "TOO_MANY_REQUESTS",
  declined: "PAYMENT_REQUIRED",
  upstream: "BAD_GATEWAY",
  invariant: "INTERNAL_SERVER_ERROR",
};

const UNKNOWN = "Something went wrong on our side. Please try again.";

/** What a page may know of a refusal. */
export interface Refusal {
  code: BillingErrorCode | "internal";
  kind: BillingErrorKind;
  details: ErrorDetails;
  retryable: boolean;
}

/** The tRPC error of anything thrown below a procedure. What is not a BillingError keeps its cause for the log only. */
export function toTrpcError(error: unknown): TRPCError {
  if (error instanceof TRPCError && !(error.cause instanceof BillingError)) {
    if (error.code !== "INTERNAL_SERVER_ERROR") return error;
    return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: UNKNOWN, cause: error.cause ?? error });
  }
  const cause = error instanceof TRPCError ? error.cause : error;
  if (cause instanceof BillingError && cause.kind !== "invariant") {
    const code = cause.code === "auth.unauthenticated" ? "UNAUTHORIZED" : STATUS[cause.kind];
    return new TRPCError({ code, message: cause.message, cause });
  }
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: UNKNOWN, cause });
}

/** The refusal behind a tRPC error, null for faults that are not the domain's. */
export function refusalOf(error: TRPCError): Refusal | null {
  const cause = error.cause;
  if (!(cause instanceof BillingError)) return null;
  if (cause.kind === "invariant") return { code: "internal", kind: "invariant", details: {}, retryable: false };
  return { code: cause.code, kind: cause.kind, details: cause.details, retryable: cause.retryable };
}
