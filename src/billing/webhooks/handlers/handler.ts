/** What a handler is: it names its object, fetches it, and calls the slice's sync. It holds no rule of billing. */
import type { EventSubject } from "@/stripe/events";
import type { BillingContext } from "../../context";
import type { SyncCause } from "../../subscriptions";
import type { Tenant } from "../../tenants";
import type { Projection } from "../model";

/** What a handler is told: whose event it is, about which object, and the cause to write beside what changes. */
export interface HandlerInput {
  tenant: Tenant;
  subject: EventSubject;
  cause: SyncCause;
}

/** Turns one event into the present state of its object. */
export type Handler = (ctx: BillingContext, input: HandlerInput) => Promise<Projection>;

/** The end of an event whose object Stripe no longer has. */
export function gone(objectId: string): Projection {
  return { outcome: "ignored", note: `Stripe no longer has ${objectId}.` };
}
