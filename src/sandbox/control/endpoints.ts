/** Controls over webhook endpoints: a new signing secret beside the old one, and the chaos switch. */
import type Stripe from "stripe";
import { randomText } from "../store/ids";
import type { EndpointChaos, Transaction } from "../store/transaction";
import { noTroubleYet, type Trouble, troubles } from "../webhooks/chaos";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

const LONGEST_OVERLAP_SECONDS = 86_400;
const DEFAULT_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 600_000;

/** What a rotation came to. */
export interface RotatedSecret {
  endpoint: string;
  secret: string;
  /** Until when the former secret signs as well, in Unix milliseconds of real time; null when it ended at once. */
  formerExpiresAtMs: number | null;
}

/** Gives an endpoint a new secret; the one before signs along for a while, any older one ends now, as at Stripe. */
export function rotateSecret(tx: Transaction, endpoint: string, overlapSeconds: number, nowMs: number): RotatedSecret {
  if (!Number.isSafeInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > LONGEST_OVERLAP_SECONDS) {
    throw new BadControlRequest(`"expiresInSeconds" must be a whole number from 0 to ${LONGEST_OVERLAP_SECONDS}.`);
  }
  tx.get("webhook_endpoint", endpoint);
  const record = tx.get("webhook_secret", endpoint);
  const former = record.secrets.find((entry) => entry.expiresAtMs === null);
  const secret = `whsec_${randomText(32)}`;
  const formerExpiresAtMs = overlapSeconds > 0 && former !== undefined ? nowMs + overlapSeconds * 1_000 : null;
  const kept =
    former === undefined || formerExpiresAtMs === null
      ? []
      : [{ secret: former.secret, expiresAtMs: formerExpiresAtMs }];
  tx.put("webhook_secret", { ...record, secrets: [{ secret, expiresAtMs: null }, ...kept] });
  return { endpoint, secret, formerExpiresAtMs };
}

/** {"expiresInSeconds": 0 … 86400}; answers the new secret, this once. */
export function rotateEndpointSecret(context: ControlContext, request: ControlRequest): RotatedSecret {
  const { expiresInSeconds = LONGEST_OVERLAP_SECONDS } = request.body;
  if (typeof expiresInSeconds !== "number") throw new BadControlRequest('"expiresInSeconds" must be a number.');
  const { store } = context;
  return store.transaction((tx) => rotateSecret(tx, request.id, expiresInSeconds, store.realNowMs()));
}

/** The switch as the control routes tell it; `on` is false when the endpoint behaves. */
export type ChaosState = { endpoint: string; on: boolean } & Omit<EndpointChaos, "id">;

/** The chaos switch of an endpoint, with how often each trouble has happened since it was set. */
export function chaosOf(context: ControlContext, endpoint: string): ChaosState {
  const { id: _id, ...chaos } = context.store.find("endpoint_chaos", endpoint) ?? calm(endpoint);
  return { endpoint, on: troubles.some((trouble) => chaos[trouble] > 0), ...chaos };
}

function calm(id: string): EndpointChaos {
  const shares = { duplicate: 0, twin: 0, reorder: 0, delay: 0, drop: 0 };
  return { id, seed: 1, ...shares, delayMs: DEFAULT_DELAY_MS, counters: noTroubleYet };
}

function share(value: unknown, trouble: Trouble): number {
  if (value === undefined || value === false) return 0;
  if (value === true) return 1;
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new BadControlRequest(`"${trouble}" must be true, false or a share of events from 0 to 1.`);
}

function whole(value: unknown, name: string, fallback: number, maximum: number): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= maximum) return value;
  throw new BadControlRequest(`"${name}" must be a whole number from 0 to ${maximum}.`);
}

/** Sets the switch of an endpoint from zero: what is not named does not happen, and with nothing named all is calm. */
export function applyChaos(context: ControlContext, id: string, given: Record<string, unknown>): ChaosState {
  const known = new Set<string>([...troubles, "seed", "delayMs"]);
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) throw new BadControlRequest(`"${unknown}" is no part of the chaos switch.`);
  const chaos: EndpointChaos = {
    id,
    seed: whole(given.seed, "seed", 1, Number.MAX_SAFE_INTEGER),
    duplicate: share(given.duplicate, "duplicate"),
    twin: share(given.twin, "twin"),
    reorder: share(given.reorder, "reorder"),
    delay: share(given.delay, "delay"),
    drop: share(given.drop, "drop"),
    delayMs: whole(given.delayMs, "delayMs", DEFAULT_DELAY_MS, LONGEST_DELAY_MS),
    counters: noTroubleYet,
  };
  context.store.transaction((tx) => {
    tx.get("webhook_endpoint", id);
    if (troubles.some((trouble) => chaos[trouble] > 0)) tx.put("endpoint_chaos", chaos);
    else tx.remove("endpoint_chaos", id);
  });
  return chaosOf(context, id);
}

/** POST …/endpoints/:id/chaos. */
export function setChaos(context: ControlContext, request: ControlRequest): ChaosState {
  return applyChaos(context, request.id, request.body);
}

/** GET …/endpoints/:id/chaos. */
export function chaosState(context: ControlContext, request: ControlRequest): ChaosState {
  return context.store.transaction((tx) => {
    tx.get("webhook_endpoint", request.id);
    return chaosOf(context, request.id);
  });
}

/** GET …/endpoints: every endpoint with its switch. */
export function endpointList(context: ControlContext): { data: Array<Stripe.WebhookEndpoint & { chaos: ChaosState }> } {
  const endpoints = [...context.store.records("webhook_endpoint")];
  return { data: endpoints.map((endpoint) => ({ ...endpoint, chaos: chaosOf(context, endpoint.id) })) };
}
