/** One-off payments, refunds, and the ledger of both. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { getCatalog } from "@/billing/catalog";
import { BillingError } from "@/billing/kernel/errors";
import {
  getPayment,
  listTransactions,
  processPayment,
  refundPayment,
  requireChargedCurrency,
  transactionsCsv,
} from "@/billing/payments";
import { resolveTenant, type Tenant } from "@/billing/tenants";
import { readBody } from "./body";
import { endpoint, json } from "./endpoint";
import type { RestApp, RestEnvironment } from "./environment";
import { readQuery } from "./query";
import {
  createPaymentBodySchema,
  createRefundBodySchema,
  paymentBodySchema,
  paymentQuerySchema,
  refundBodySchema,
  transactionPageBodySchema,
  transactionQuerySchema,
} from "./schemas-payments";
import { minorOf, paymentBody, refundBody, transactionBody } from "./translate-payments";

const paymentPathSchema = z.object({
  payment_id: z.string().openapi({ param: { name: "payment_id", in: "path" }, example: "pi_1234" }),
});

/** Registers the routes of payments. */
export function registerPayments(app: RestApp): void {
  registerCreate(app);
  registerRead(app);
  registerRefund(app);
  registerTransactions(app);
}

function registerCreate(app: RestApp): void {
  endpoint(
    app,
    {
      method: "post",
      path: "/payments",
      operationId: "processPayment",
      summary: "Charges a saved payment method once; send an Idempotency-Key, so that a lost answer costs nothing",
      request: { body: { required: true, ...json(createPaymentBodySchema) } },
      responses: { 201: { description: "The payment", ...json(paymentBodySchema) } },
    },
    async (c) => {
      const body = await readBody(c, createPaymentBodySchema);
      const tenant = await tenantOf(c, body.tenant_id);
      const currency = (body.currency ?? (await getCatalog(c.get("billing"))).currency).toLowerCase();
      // First, because what an amount may look like depends on it.
      await requireChargedCurrency(c.get("billing"), currency);
      const processed = await processPayment(c.get("billing"), {
        tenantId: tenant.id,
        amountMinor: readAmount(body.amount, currency),
        currency,
        description: body.description,
        paymentMethodId: body.payment_method_id ?? null,
        onSession: body.on_session,
        requestId: c.get("operationKey"),
        reason: "Asked for over the REST API",
      });
      return { status: 201, body: paymentBody(processed) };
    },
  );
}

function registerRead(app: RestApp): void {
  endpoint(
    app,
    {
      method: "get",
      path: "/payments/{payment_id}",
      operationId: "getPayment",
      summary: "Tells how a payment stands; one that was `processing` may take days to be anything else",
      request: { params: paymentPathSchema, query: paymentQuerySchema },
      responses: { 200: { description: "The payment", ...json(paymentBodySchema) } },
    },
    async (c) => {
      const { tenant_id } = readQuery(c, paymentQuerySchema);
      const tenant = await tenantOf(c, tenant_id);
      const payment = await getPayment(c.get("billing"), tenant.id, c.req.param("payment_id") ?? "");
      return { status: 200, body: paymentBody({ payment, confirmation: null }) };
    },
  );
}

function registerRefund(app: RestApp): void {
  endpoint(
    app,
    {
      method: "post",
      path: "/payments/{payment_id}/refunds",
      operationId: "refundPayment",
      summary: "Gives money back, in part or in full, never more than came in; for keys of operators",
      request: { params: paymentPathSchema, body: { required: true, ...json(createRefundBodySchema) } },
      responses: { 201: { description: "The refund; it may be pending", ...json(refundBodySchema) } },
    },
    async (c) => {
      const body = await readBody(c, createRefundBodySchema);
      const billing = c.get("billing");
      const tenant = await tenantOf(c, body.tenant_id);
      const paymentId = c.req.param("payment_id") ?? "";
      const payment = await getPayment(billing, tenant.id, paymentId);
      if (c.get("actor").tenantId !== null) {
        throw new BillingError("forbidden", "auth.forbidden", "Only the seller gives money back: use an operator key.");
      }
      const refund = await refundPayment(billing, {
        ...{ tenantId: tenant.id, paymentId, reason: body.reason, requestId: c.get("operationKey") },
        amountMinor: body.amount === undefined ? null : readAmount(body.amount, payment.currency),
      });
      return { status: 201, body: refundBody(refund) };
    },
  );
}

function registerTransactions(app: RestApp): void {
  const { content } = json(transactionPageBodySchema);
  endpoint(
    app,
    {
      method: "get",
      path: "/transactions",
      operationId: "listTransactions",
      summary: "Lists payments and refunds, newest first, by days of the tenant's zone; as CSV for `Accept: text/csv`",
      request: { query: transactionQuerySchema },
      responses: {
        200: { description: "A page", content: { ...content, "text/csv": { schema: z.string() } } },
      },
    },
    async (c) => {
      const { tenant_id, ...query } = readQuery(c, transactionQuerySchema);
      const tenant = await tenantOf(c, tenant_id);
      const page = await listTransactions(c.get("billing"), { ...query, tenantId: tenant.id });
      if (c.req.header("accept")?.includes("text/csv")) {
        return new Response(transactionsCsv(page.transactions), {
          headers: {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": `attachment; filename="transactions-${tenant.slug}.csv"`,
            ...(page.nextCursor && { "X-Next-Cursor": page.nextCursor }),
          },
        });
      }
      return {
        status: 200,
        body: { transactions: page.transactions.map(transactionBody), next_cursor: page.nextCursor },
      };
    },
  );
}

/** The tenant that was named, or the one the key belongs to. */
function tenantOf(c: Context<RestEnvironment>, named: string | undefined): Promise<Tenant> {
  const reference = named ?? c.get("actor").tenantId;
  if (reference !== null) return resolveTenant(c.get("billing"), reference);
  throw new BillingError(
    "invalid",
    "request.invalid",
    "Name the tenant in `tenant_id`: this key acts for all of them.",
    {
      details: { param: "tenant_id" },
    },
  );
}

function readAmount(amount: number, currency: string): bigint {
  const amountMinor = minorOf(amount, currency);
  const isTooLarge = amountMinor !== null && amountMinor > BigInt(Number.MAX_SAFE_INTEGER);
  if (amountMinor !== null && !isTooLarge) return amountMinor;
  const message = isTooLarge
    ? "The field `amount` is larger than any payment can be."
    : `The field \`amount\` has more digits than ${currency} keeps.`;
  throw new BillingError("invalid", "payment.amount_invalid", message, { details: { param: "amount" } });
}
