/**
 * The foundations of the router: the context of a call, procedures by audience, and the one middleware that turns refusals
 * into answers. No procedure repeats a guard or catches an error.
 */
import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { z } from "zod";
import type { BillingContext } from "@/billing/context";
import type { Actor } from "@/billing/kernel/actor";
import { BillingError } from "@/billing/kernel/errors";
import { listMemberships, resolveTenant } from "@/billing/tenants";
import type { MembershipRole } from "@/billing/tenants/model";
import type { SessionUser } from "../auth/session";
import type { Runtime } from "../context";
import { refusalOf, toTrpcError } from "./errors";

/** What every call knows: who, through what, under which number. */
export interface CallContext {
  runtime: Runtime;
  user: SessionUser | null;
  requestId: string;
}

const t = initTRPC.context<CallContext>().create({
  transformer: superjson,
  errorFormatter({ shape, error, ctx }) {
    const known = error.cause instanceof z.ZodError ? "The form has values we cannot read." : shape.message;
    return {
      ...shape,
      message: known,
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        requestId: ctx?.requestId ?? null,
        refusal: refusalOf(error),
      },
    };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const answerErrors = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toTrpcError(result.error);
  if (error.code === "INTERNAL_SERVER_ERROR") {
    ctx.runtime.log.error({ err: error.cause, path, requestId: ctx.requestId }, "A procedure broke");
  }
  throw error;
});

/** Anybody, signed in or not. */
export const publicProcedure = t.procedure.use(answerErrors);

/** Somebody who is signed in. */
export const userProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new BillingError("forbidden", "auth.unauthenticated", "Sign in to go on.");
  const actor: Actor = ctx.user.isOperator
    ? { kind: "operator", userId: ctx.user.id, label: ctx.user.email }
    : { kind: "user", userId: ctx.user.id, tenantId: "", label: ctx.user.email };
  return next({ ctx: { user: ctx.user, billing: ctx.runtime.contextFor(actor) } });
});

/** People who see every tenant. */
export const operatorProcedure = userProcedure.use(({ ctx, next }) => {
  if (!ctx.user.isOperator) throw new BillingError("forbidden", "auth.forbidden", "This page is for operators.");
  return next();
});

/** The field every tenant procedure takes: the tenant's id or slug. Spread it into a strict input. */
export const tenantInput = { tenant: z.string().min(1).max(80) };

const tenantReference = z.object(tenantInput);

/** What a person is to a tenant; operators look in from outside. */
export type TenantRole = MembershipRole | "operator";

/** Somebody who may read the tenant named by `input.tenant`; everybody else learns only that there is none. */
export const tenantProcedure = userProcedure.use(async ({ ctx, getRawInput, next }) => {
  const reference = tenantReference.safeParse(await getRawInput());
  if (!reference.success) throw new TRPCError({ code: "BAD_REQUEST", message: "Name the tenant." });
  const tenant = await resolveTenant(ctx.billing, reference.data.tenant);
  const role = await roleIn(ctx.billing, ctx.user, tenant.id);
  const actor: Actor =
    role === "operator"
      ? { kind: "operator", userId: ctx.user.id, label: ctx.user.email }
      : { kind: "user", userId: ctx.user.id, tenantId: tenant.id, label: ctx.user.email };
  return next({ ctx: { tenant, role, billing: ctx.runtime.contextFor(actor) } });
});

/** An owner or admin of the tenant: what moves money or opens doors. */
export const managerProcedure = tenantProcedure.use(({ ctx, next }) => {
  if (ctx.role === "owner" || ctx.role === "admin") return next();
  const message =
    ctx.role === "operator"
      ? "Operators read a tenant's pages; only its owner or an admin changes them."
      : "Only an owner or admin of this organisation may do this.";
  throw new BillingError("forbidden", "auth.forbidden", message);
});

async function roleIn(billing: BillingContext, user: SessionUser, tenantId: string): Promise<TenantRole> {
  const memberships = await listMemberships(billing.db, user.id);
  const own = memberships.find((membership) => membership.tenantId === tenantId);
  if (own) return own.role;
  if (user.isOperator) return "operator";
  throw new BillingError("not_found", "tenant.not_found", "There is no such organisation.");
}
