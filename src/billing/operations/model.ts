/** Words of the operations slice: promises to Stripe that were stored before they were kept, and stored REST replies. */
import type { Actor } from "../kernel/actor";

/** How far an operation has come; terminal except `planned`. */
export const OPERATION_STATUSES = ["planned", "recorded", "refused"] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

/**
 * Every kind of promise: the verb that made it. Each has somebody who keeps it after a crash: `recoverOperations` and
 * `recoverPayments`, run by the worker; `subscription.refund` is a part of the subscription's own promise.
 */
export const OPERATION_KINDS = [
  "dunning.pay_by_link",
  "invoice.generate",
  "invoice.pay",
  "invoice.period",
  "invoice.renewal",
  "payment.process",
  "payment.refund",
  "payment_method.abandon",
  "payment_method.add",
  "payment_method.remove",
  "payment_method.set_default",
  "payment_method.verify",
  "promotion.create",
  "subscription",
  "subscription.refund",
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** What is promised. */
export interface OpenOperationInput<Plan> {
  tenantId: string;
  /** The caller's idempotency key, or one made for the attempt. */
  requestId: string;
  /** A request id belongs to one kind. */
  kind: OperationKind;
  plan: Plan;
  actor: Actor;
  reason: string;
  /** What no other unsettled promise of the tenant may hold; null when it stands in nobody's way. */
  holds?: string | null;
  now: Date;
}

/** A promise as it stands. */
export interface OpenedOperation<Plan> {
  /** Root of the idempotency keys sent to Stripe. */
  id: string;
  /** The plan that was stored first, whatever the caller has planned now. */
  plan: Plan;
  status: OperationStatus;
  /** What came of it; null while planned. */
  outcome: unknown;
  /** False when the request had been seen before. */
  isNew: boolean;
}

/** A promise that was never settled, for recovery. */
export interface UnsettledOperation {
  tenantId: string;
  id: string;
  requestId: string;
  kind: string;
  /** Who asked and why, as the request said. */
  actor: string;
  reason: string;
  createdAt: Date;
}

/** A REST call under an idempotency key. */
export interface ReplyRequest {
  /** The API key's id: keys of different callers never meet. */
  scopeId: string;
  key: string;
  method: string;
  path: string;
  /** Hash of the body, so that the key cannot come back with another one. */
  requestHash: string;
  now: Date;
}

/** Whether a call is new or has been answered. */
export type ReplyState = { state: "new" } | { state: "replay"; status: number; body: string };
