/**
 * The sandbox's own controls for our commands, demo and tests: move its clocks, wait for its webhooks, decide a payment.
 *
 * Exists only beside the sandbox; nothing that serves tenants may need it. Everything but the making of a test clock is
 * private to the sandbox and has no counterpart at Stripe.
 */
import { setTimeout as pause } from "node:timers/promises";
import { BillingError } from "@/billing/kernel/errors";
import { lazyClient } from "./client";
import { callStripe } from "./errors";
import { instant, optionalInstant, unixSeconds } from "./translate/values";

/** What a move of a clock came to. */
export interface ClockAdvanced {
  now: Date;
  /** How many due moments were handled on the way. */
  processed: number;
  /** The earliest moment still to come, null when nothing is scheduled. */
  nextDueAt: Date | null;
}

/** The controls. A clock is named by its id; null is the default clock. */
export interface SandboxControl {
  /** Moves a clock to a time and handles everything that falls due on the way. */
  advanceTo(clockId: string | null, to: Date): Promise<ClockAdvanced>;
  /** Moves a clock to its next due moment, but not beyond the limit. */
  advanceToNextDue(clockId: string | null, limit: Date): Promise<ClockAdvanced>;
  /** Makes a test clock that stands at a time and returns its id. */
  createTestClock(name: string, frozenAt: Date): Promise<string>;
  /** Every test clock with the name it was given. */
  listTestClocks(): Promise<Array<{ id: string; name: string | null }>>;
  /** Moves everything of a test clock onto the default clock; both must show the same time or the test clock less. */
  joinDefaultClock(clockId: string): Promise<void>;
  /** Sets the default clock, also backwards; only while nothing is scheduled. */
  setDefaultClock(now: Date): Promise<void>;
  /** How many webhooks still have to reach somebody, and when the next try is (real time). */
  pendingDeliveries(): Promise<{ count: number; nextAttemptAtMs: number | null }>;
  /** Waits until every webhook has arrived. Throws `upstream stripe.unavailable` when that takes longer than the limit. */
  deliveriesDone(limitMs?: number): Promise<void>;
  /** Decides the customer's next charge, for example "card_declined". */
  nextPayment(stripeCustomerId: string, outcome: string): Promise<void>;
  /** Ends the authentication of an intent as its cardholder would. */
  authenticate(clientSecret: string, outcome: "succeed" | "fail"): Promise<void>;
}

const POLL_MS = 5;
const POLL_LIMIT_MS = 25;
const SANDBOX_KEY = "sk_test_sandbox";

/** The controls of the sandbox at an address. */
export function createSandboxControl(sandboxUrl: string): SandboxControl {
  const post = (path: string, body: object) => ask(`${sandboxUrl}/_sandbox/${path}`, body);
  const client = lazyClient({ secretKey: SANDBOX_KEY, sandboxUrl });
  const advance = async (clockId: string | null, body: object) =>
    advanced(await post(`clocks/${encodeURIComponent(clockId ?? "default")}/advance`, body));
  const pendingDeliveries = async () => {
    const state = await ask(`${sandboxUrl}/_sandbox/idle`);
    const next = state.nextAttemptAtMs;
    return { count: numberOf(state.pendingDeliveries), nextAttemptAtMs: typeof next === "number" ? next : null };
  };
  return {
    advanceTo: (clockId, to) => advance(clockId, { to: unixSeconds(to) }),
    advanceToNextDue: (clockId, limit) => advance(clockId, { toNextDue: true, limit: unixSeconds(limit) }),
    createTestClock: async (name, frozenAt) => {
      const params = { name, frozen_time: unixSeconds(frozenAt) };
      return (await callStripe(() => client().testHelpers.testClocks.create(params))).id;
    },
    listTestClocks: async () => {
      const clocks = await callStripe(() => client().testHelpers.testClocks.list({ limit: 100 }));
      return clocks.data.map(({ id, name }) => ({ id, name }));
    },
    joinDefaultClock: async (clockId) => {
      await post(`clocks/${encodeURIComponent(clockId)}/join-default`, {});
    },
    setDefaultClock: async (now) => {
      await post("clocks/default/set", { now: unixSeconds(now) });
    },
    pendingDeliveries,
    deliveriesDone: async (limitMs = 60_000) => {
      // What was refused while nobody listened would otherwise wait out its backoff.
      if ((await pendingDeliveries()).count > 0) await post("deliveries/retry", {});
      await waitForQuiet(pendingDeliveries, limitMs);
    },
    nextPayment: async (stripeCustomerId, outcome) => {
      await post(`customers/${encodeURIComponent(stripeCustomerId)}/next-payment`, { outcome });
    },
    authenticate: async (clientSecret, outcome) => {
      await post("authenticate", { client_secret: clientSecret, outcome });
    },
  };
}

async function waitForQuiet(pending: () => Promise<{ count: number }>, limitMs: number): Promise<void> {
  let waitedMs = 0;
  for (let delayMs = POLL_MS; (await pending()).count > 0; delayMs = Math.min(delayMs * 2, POLL_LIMIT_MS)) {
    if (waitedMs > limitMs) throw unavailable(`Webhooks of the sandbox did not arrive within ${limitMs} ms.`);
    await pause(delayMs);
    waitedMs += delayMs;
  }
}

async function ask(url: string, body?: object): Promise<Record<string, unknown>> {
  let response: Response;
  try {
    response = await fetch(url, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
  } catch (cause) {
    throw unavailable("The Stripe sandbox does not answer.", cause);
  }
  const answer: unknown = await response.json().catch(() => null);
  const fields = typeof answer === "object" && answer !== null ? Object.fromEntries(Object.entries(answer)) : {};
  if (response.ok) return fields;
  throw new BillingError("upstream", "stripe.refused", "The Stripe sandbox refused a control request.", {
    details: { path: new URL(url).pathname, status: response.status, answer: JSON.stringify(fields.error ?? null) },
  });
}

function unavailable(message: string, cause?: unknown): BillingError {
  return new BillingError("upstream", "stripe.unavailable", message, { cause, retryable: true });
}

function advanced(answer: Record<string, unknown>): ClockAdvanced {
  const next = answer.nextDueAt;
  return {
    now: instant(numberOf(answer.now)),
    processed: numberOf(answer.processed),
    nextDueAt: optionalInstant(typeof next === "number" ? next : null),
  };
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  throw unavailable("The Stripe sandbox answered in an unknown shape.");
}
