/** The subscription of a tenant: create, read, change, cancel, in the first seed's bodies. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { BillingError } from "@/billing/kernel/errors";
import { cancelSubscription, changePlan, createSubscription, getSubscription } from "@/billing/subscriptions";
import { resolveTenant } from "@/billing/tenants";
import { readBody } from "./body";
import { endpoint, json } from "./endpoint";
import type { RestApp, RestEnvironment } from "./environment";
import {
  changedSubscriptionBodySchema,
  createSubscriptionBodySchema,
  subscriptionBodySchema,
  tenantPathSchema,
  updateSubscriptionBodySchema,
} from "./schemas";
import { billingInterval, changedSubscriptionBody, startedSubscriptionBody, subscriptionBody } from "./translate";

const REASON = "Asked for over the REST API";

/** Registers the routes of subscriptions. */
export function registerSubscriptions(app: RestApp): void {
  registerCreate(app);
  registerRead(app);
  registerUpdate(app);
  registerCancel(app);
}

function registerCreate(app: RestApp): void {
  endpoint(
    app,
    {
      method: "post",
      path: "/subscriptions",
      operationId: "createSubscription",
      summary: "Starts a plan; a paid one is charged at once",
      request: { body: { required: true, ...json(createSubscriptionBodySchema) } },
      responses: { 201: { description: "The subscription", ...json(subscriptionBodySchema) } },
    },
    async (c) => {
      const body = await readBody(c, createSubscriptionBodySchema);
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, body.tenant_id);
      const changed = await createSubscription(billing, {
        tenantId: tenant.id,
        planKey: body.plan,
        interval: billingInterval(body.billing_cycle),
        paymentMethodId: body.payment_method_id ?? null,
        canConfirm: false,
        requestId: c.get("operationKey"),
        reason: REASON,
      });
      return { status: 201, body: startedSubscriptionBody(changed) };
    },
  );
}

function registerRead(app: RestApp): void {
  endpoint(
    app,
    {
      method: "get",
      path: "/subscriptions/{tenant_id}",
      operationId: "getSubscription",
      summary: "Tells what a tenant has; the free plan has no subscription_id",
      request: { params: tenantPathSchema },
      responses: { 200: { description: "The subscription", ...json(subscriptionBodySchema) } },
    },
    async (c) => {
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      return { status: 200, body: subscriptionBody(await getSubscription(billing, tenant.id)) };
    },
  );
}

function registerUpdate(app: RestApp): void {
  endpoint(
    app,
    {
      method: "put",
      path: "/subscriptions/{tenant_id}",
      operationId: "updateSubscription",
      summary: "Changes the plan; an upgrade is charged pro rata at once, a downgrade leaves a credit",
      request: { params: tenantPathSchema, body: { required: true, ...json(updateSubscriptionBodySchema) } },
      responses: { 200: { description: "The changed subscription", ...json(changedSubscriptionBodySchema) } },
    },
    async (c) => {
      const body = await readBody(c, updateSubscriptionBodySchema);
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const changed = await changePlan(billing, {
        tenantId: tenant.id,
        planKey: body.plan,
        interval: body.billing_cycle ? billingInterval(body.billing_cycle) : null,
        requestId: c.get("operationKey"),
        reason: REASON,
      });
      return { status: 200, body: changedSubscriptionBody(changed) };
    },
  );
}

function registerCancel(app: RestApp): void {
  const immediate = z.enum(["true", "false"]).default("false");
  endpoint(
    app,
    {
      method: "delete",
      path: "/subscriptions/{tenant_id}",
      operationId: "cancelSubscription",
      summary: "Cancels at the period's end, or now with a pro rata refund (immediate=true)",
      request: { params: tenantPathSchema, query: z.object({ immediate }) },
      responses: { 200: { description: "The canceled subscription", ...json(changedSubscriptionBodySchema) } },
    },
    async (c) => {
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const changed = await cancelSubscription(billing, {
        tenantId: tenant.id,
        immediate: readImmediate(c, immediate),
        requestId: c.get("operationKey"),
        reason: REASON,
      });
      return { status: 200, body: changedSubscriptionBody(changed) };
    },
  );
}

function readImmediate(c: Context<RestEnvironment>, schema: z.ZodType<"true" | "false", unknown>): boolean {
  const parsed = schema.safeParse(c.req.query("immediate"));
  if (parsed.success) return parsed.data === "true";
  throw new BillingError("invalid", "request.invalid", "The parameter `immediate` must be true or false.", {
    details: { param: "immediate" },
  });
}
