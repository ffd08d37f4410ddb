/** Payment methods of a tenant. No card number comes here: the browser gives it to Stripe, and the caller has an id. */
import { z } from "@hono/zod-openapi";
import {
  addPaymentMethod,
  listPaymentMethods,
  type PaymentMethodView,
  removePaymentMethod,
  setDefaultPaymentMethod,
} from "@/billing/payments";
import { resolveTenant } from "@/billing/tenants";
import { readBody } from "./body";
import { type Answer, endpoint, json } from "./endpoint";
import type { RestApp } from "./environment";
import { tenantPathSchema } from "./schemas";
import { addPaymentMethodBodySchema, paymentMethodBodySchema, setDefaultBodySchema } from "./schemas-payments";
import { paymentMethodBody } from "./translate-payments";

const REASON = "Asked for over the REST API";
const PATH = "/subscriptions/{tenant_id}/payment-methods";
const list = { description: "The payment methods, the default first", ...json(z.array(paymentMethodBodySchema)) };
const methodPathSchema = tenantPathSchema.extend({
  payment_method_id: z.string().openapi({ param: { name: "payment_method_id", in: "path" }, example: "pm_1234" }),
});

/** Registers the routes of payment methods. */
export function registerPaymentMethods(app: RestApp): void {
  registerList(app);
  registerOne(app);
}

function registerList(app: RestApp): void {
  endpoint(
    app,
    {
      method: "get",
      path: PATH,
      operationId: "listPaymentMethods",
      summary: "Lists the saved payment methods, the default first",
      request: { params: tenantPathSchema },
      responses: { 200: list },
    },
    async (c) => {
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      return answer(200, await listPaymentMethods(billing, tenant.id));
    },
  );
  endpoint(
    app,
    {
      method: "post",
      path: PATH,
      operationId: "addPaymentMethod",
      summary:
        "Saves a payment method; the first one becomes the default; one that is saved already is kept once, the newest",
      request: { params: tenantPathSchema, body: { required: true, ...json(addPaymentMethodBodySchema) } },
      responses: { 201: list },
    },
    async (c) => {
      const body = await readBody(c, addPaymentMethodBodySchema);
      const billing = c.get("billing");
      const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
      const call = { tenantId: tenant.id, requestId: c.get("operationKey"), reason: REASON };
      const wish = { paymentMethodId: body.payment_method_id, makeDefault: body.make_default };
      return answer(201, await addPaymentMethod(billing, { ...call, ...wish }));
    },
  );
}

function registerOne(app: RestApp): void {
  const one = [
    {
      method: "put",
      operationId: "setDefaultPaymentMethod",
      summary: "Makes a saved method the one that is charged from now on",
      body: { required: true, ...json(setDefaultBodySchema) },
      act: setDefaultPaymentMethod,
    },
    {
      method: "delete",
      operationId: "removePaymentMethod",
      summary: "Removes a saved method; the last one stays while a paid plan runs",
      body: undefined,
      act: removePaymentMethod,
    },
  ] as const;
  for (const { method, operationId, summary, body, act } of one) {
    endpoint(
      app,
      {
        ...{ method, path: `${PATH}/{payment_method_id}`, operationId, summary },
        request: { params: methodPathSchema, ...(body && { body }) },
        responses: { 200: list },
      },
      async (c) => {
        if (body) await readBody(c, setDefaultBodySchema);
        const billing = c.get("billing");
        const tenant = await resolveTenant(billing, c.req.param("tenant_id") ?? "");
        const paymentMethodId = c.req.param("payment_method_id") ?? "";
        const call = { tenantId: tenant.id, requestId: c.get("operationKey"), reason: REASON };
        return answer(200, await act(billing, { ...call, paymentMethodId }));
      },
    );
  }
}

function answer(status: Answer["status"], methods: readonly PaymentMethodView[]): Answer {
  return { status, body: methods.map(paymentMethodBody) };
}
