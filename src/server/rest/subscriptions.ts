/** The subscription of a tenant: create, read, change, cancel, in the first seed's bodies. */
import { z } from "@hono/zod-openapi";
import {
  cancelSubscription,
  changePlan,
  commitQuote,
  createSubscription,
  getSubscription,
} from "@/billing/subscriptions";
import { cancelSettlementSchema } from "@/billing/subscriptions/model";
import { resolveTenant } from "@/billing/tenants";
import { readBody } from "./body";
import { endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";
import { readQuery } from "./query";
import {
  changedSubscriptionBodySchema,
  createSubscriptionBodySchema,
  SETTLEMENT_FAULT,
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
      const call = { tenantId: tenant.id, canConfirm: false, requestId: c.get("operationKey"), reason: REASON };
      const commit = { ...call, paymentMethodId: body.payment_method_id ?? null };
      const changed =
        body.quote_id === undefined
          ? await createSubscription(billing, {
              ...commit,
              planKey: body.plan ?? "",
              interval: billingInterval(body.billing_cycle ?? "monthly"),
              seats: body.seats,
              promotionCode: body.promotion_code,
              trial: body.trial,
            })
          : await commitQuote(billing, { ...commit, quoteId: body.quote_id });
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
      summary:
        "Changes plan, cycle or seats, or keeps a quote; upgrades are charged pro rata at once, downgrades wait for the " +
        "period's end, unless `timing` says otherwise",
      request: { params: tenantPathSchema, body: { required: true, ...json(updateSubscriptionBodySchema) } },
      responses: { 200: { description: "The changed subscription", ...json(changedSubscriptionBodySchema) } },
    },
    async (c) => {
      const body = await readBody(c, updateSubscriptionBodySchema);
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const call = { tenantId: tenant.id, requestId: c.get("operationKey"), reason: REASON };
      const changed =
        body.quote_id === undefined
          ? await changePlan(billing, {
              ...call,
              planKey: body.plan ?? null,
              interval: body.billing_cycle ? billingInterval(body.billing_cycle) : null,
              seats: body.seats,
              timing: body.timing,
              promotionCode: body.promotion_code,
            })
          : await commitQuote(billing, { ...call, quoteId: body.quote_id, paymentMethodId: null, canConfirm: false });
      return { status: 200, body: changedSubscriptionBody(changed) };
    },
  );
}

function registerCancel(app: RestApp): void {
  const query = z
    .strictObject({
      immediate: z.enum(["true", "false"]).default("false"),
      settlement: cancelSettlementSchema.optional().openapi({
        description: "What happens to paid time that is not used, with immediate=true; refund if left out",
      }),
    })
    .superRefine(({ immediate, settlement }, context) => {
      if (immediate === "true" || settlement === undefined) return;
      context.addIssue({ code: "custom", path: ["settlement"], message: SETTLEMENT_FAULT });
    });
  endpoint(
    app,
    {
      method: "delete",
      path: "/subscriptions/{tenant_id}",
      operationId: "cancelSubscription",
      summary:
        "Cancels at the period's end, or now (immediate=true) with a pro rata refund, a credit or nothing (settlement)",
      request: { params: tenantPathSchema, query },
      responses: { 200: { description: "The canceled subscription", ...json(changedSubscriptionBodySchema) } },
    },
    async (c) => {
      const { immediate, settlement } = readQuery(c, query);
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const changed = await cancelSubscription(billing, {
        tenantId: tenant.id,
        immediate: immediate === "true",
        settlement,
        requestId: c.get("operationKey"),
        reason: REASON,
      });
      return { status: 200, body: changedSubscriptionBody(changed) };
    },
  );
}
