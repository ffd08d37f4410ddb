/** /v1/payment_methods: cards and bank accounts, and whose they are. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, hash, integer, metadata, oneOf, string } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { refuseDecliningCard } from "../payments/attach";
import { createPaymentMethod, otherMethodTypes, paymentMethodData } from "../payments/card-params";
import { attachPaymentMethod, mergeBillingDetails, resolvePaymentMethod } from "../payments/cards";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { previousAttributes } from "../webhooks/previous-attributes";
import { detachPaymentMethod } from "./detach";
import { billingDetailsParams, given } from "./shared-params";

const listParams = { ...pageParameters, type: string(), allow_redisplay: oneOf("always", "limited", "unspecified") };

function methodsOf(
  tx: Transaction,
  customer: string,
  filter: { type?: string | undefined; allow_redisplay?: string | undefined },
): Stripe.PaymentMethod[] {
  return tx
    .listBy("payment_method", "customer", customer)
    .filter(
      (method) =>
        (filter.type === undefined || method.type === filter.type) &&
        (filter.allow_redisplay === undefined || method.allow_redisplay === filter.allow_redisplay),
    );
}

/** The routes of payment methods, on their own and below customers. */
export const paymentMethodRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_methods",
    accepts: paymentMethodData,
    unsupported: [...otherMethodTypes, "customer", "payment_method"],
    publishable: true,
    handle: (tx, { params, keyKind }) => createPaymentMethod(tx, params, keyKind),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/payment_methods",
    accepts: { ...listParams, customer: string() },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      if (params.customer === undefined) return paginate([], params, "/v1/payment_methods");
      tx.get("customer", params.customer, "customer");
      return paginate(methodsOf(tx, params.customer, params), params, "/v1/payment_methods");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/payment_methods/:id",
    accepts: {},
    handle: (tx, input) => resolvePaymentMethod(tx, pathValue(input, "id"), "id"),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_methods/:id",
    accepts: {
      allow_redisplay: oneOf("always", "limited", "unspecified"),
      billing_details: billingDetailsParams(),
      card: hash(
        { exp_month: integer({ minimum: 1, maximum: 12 }), exp_year: integer({ minimum: 2_000, maximum: 2_100 }) },
        ["networks"],
      ),
      metadata: metadata(),
      us_bank_account: hash({
        account_holder_type: oneOf("company", "individual"),
        account_type: oneOf("checking", "savings"),
      }),
    },
    unsupported: otherMethodTypes,
    handle(tx, input) {
      const current = tx.get("payment_method", pathValue(input, "id"));
      const { allow_redisplay: redisplay, billing_details: details, card, metadata: change } = input.params;
      const { us_bank_account: account } = input.params;
      if (account !== undefined && !current.us_bank_account) {
        throw invalidRequest("This PaymentMethod is not a US bank account.", { param: "us_bank_account" });
      }
      if (current.customer === null) {
        throw invalidRequest("You must save this PaymentMethod to a customer before you can update it.");
      }
      const next: Stripe.PaymentMethod = {
        ...current,
        ...(redisplay === undefined ? {} : { allow_redisplay: redisplay }),
        billing_details: mergeBillingDetails(current.billing_details, details),
        ...(card === undefined || !current.card
          ? {}
          : {
              card: {
                ...current.card,
                exp_month: card.exp_month ?? current.card.exp_month,
                exp_year: card.exp_year ?? current.card.exp_year,
              },
            }),
        ...(account === undefined || !current.us_bank_account
          ? {}
          : { us_bank_account: { ...current.us_bank_account, ...given(account) } }),
        metadata: applyMetadata(current.metadata ?? {}, change),
      };
      const previous = previousAttributes(current, next);
      if (previous === undefined) return current;
      const method = tx.put("payment_method", next);
      tx.emit("payment_method.updated", method, previous);
      return method;
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_methods/:id/attach",
    accepts: { customer: string().required() },
    unsupported: ["customer_account"],
    handle(tx, input) {
      tx.get("customer", input.params.customer, "customer");
      const method = resolvePaymentMethod(tx, pathValue(input, "id"), "id");
      refuseDecliningCard(tx, method);
      return attachPaymentMethod(tx, method, input.params.customer);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_methods/:id/detach",
    accepts: {},
    handle(tx, input) {
      return detachPaymentMethod(tx, tx.get("payment_method", pathValue(input, "id")));
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/customers/:id/payment_methods",
    accepts: listParams,
    handle(tx, input) {
      const { id } = tx.get("customer", pathValue(input, "id"));
      return paginate(methodsOf(tx, id, input.params), input.params, `/v1/customers/${id}/payment_methods`);
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/customers/:id/payment_methods/:method",
    accepts: {},
    handle(tx, input) {
      const { id } = tx.get("customer", pathValue(input, "id"));
      const method = tx.get("payment_method", pathValue(input, "method"));
      if (idOf(method.customer) !== id) throw invalidRequest(`The customer ${id} has no payment method ${method.id}.`);
      return method;
    },
  }),
];
