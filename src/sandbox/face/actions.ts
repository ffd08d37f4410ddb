/** What the buttons of the face do: the same as the control routes, told in a sentence. */
import { addMonths } from "../billing/calendar";
import type { Advanced } from "../clock/clocks";
import { BadControlRequest, type ControlContext } from "../control/control";
import { replayDelivery } from "../control/deliveries";
import { applyChaos, rotateSecret } from "../control/endpoints";
import { setNextPayment } from "../control/payments";
import { readSegment } from "../http/path-segment";
import { troubles } from "../webhooks/chaos";

/** What came of a button: where to look now, and a sentence. A `secret` is shown once and never put into an address. */
export interface Done {
  to: string;
  note: string;
  secret?: string;
}

type Action = (context: ControlContext, id: string, form: URLSearchParams) => Done | Promise<Done>;

const DAY_SECONDS = 86_400;
const HORIZON_MONTHS = 120;
const PATIENCE_MS = 800;

async function advance(context: ControlContext, id: string, form: URLSearchParams): Promise<Done> {
  const step = form.get("step");
  const now = context.store.now(id === "default" ? null : id);
  const to = "/dashboard/clocks";
  if (step === "next") {
    const dueAt = context.clocks.nextDueAt(id);
    if (dueAt === null) return { to, note: "Nothing is due on this clock." };
    const limit = Math.max(now, addMonths(now, HORIZON_MONTHS));
    return { to, note: await patiently(id, context.clocks.advance(id, { toNextDue: true, limit })) };
  }
  if (step !== "day" && step !== "month") throw new BadControlRequest('"step" must be next, day or month.');
  const target = step === "day" ? now + DAY_SECONDS : addMonths(now, 1);
  // The default clock runs on while the request is under way.
  return { to, note: await patiently(id, context.clocks.advance(id, { to: target })) };
}

/** Waits for a walk that is soon over; of a long one the page of the clocks tells how far it is. */
async function patiently(id: string, walk: Promise<Advanced>): Promise<string> {
  // Whoever looks at the page learns of a failure there; nobody else waits for it.
  walk.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const long = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  const done = await Promise.race([walk, long]).finally(() => clearTimeout(timer));
  return done === null ? `${id} is on its way.` : moved(id, done.processed);
}

const moved = (id: string, processed: number) =>
  `Moved ${id}; ${processed} due ${processed === 1 ? "moment was" : "moments were"} handled.`;

function number(form: URLSearchParams, name: string): number | undefined {
  const text = form.get(name);
  return text === null || text === "" ? undefined : Number(text);
}

const actions: ReadonlyArray<[pattern: RegExp, action: Action]> = [
  [/^\/dashboard\/clocks\/([^/]+)\/advance$/, advance],
  [
    /^\/dashboard\/customers\/([^/]+)\/next-payment$/,
    (context, id, form) => {
      const outcome = form.get("outcome");
      setNextPayment(context, { id, query: new URLSearchParams(), body: { outcome } });
      return { to: `/dashboard/customers/${id}`, note: `The next payment ends with ${outcome?.replaceAll("_", " ")}.` };
    },
  ],
  [
    /^\/dashboard\/webhooks\/([^/]+)\/chaos$/,
    (context, id, form) => {
      const given = [...troubles, "seed", "delayMs"].map((name) => [name, number(form, name)]);
      const { on } = applyChaos(context, id, Object.fromEntries(given));
      return { to: `/dashboard/webhooks/${id}`, note: on ? "The chaos switch is set." : "All is calm." };
    },
  ],
  [
    /^\/dashboard\/webhooks\/([^/]+)\/rotate-secret$/,
    (context, id, form) => {
      const { store } = context;
      const overlapSeconds = number(form, "expiresInSeconds") ?? DAY_SECONDS;
      const { secret } = store.transaction((tx) => rotateSecret(tx, id, overlapSeconds, store.realNowMs()));
      return { to: `/dashboard/webhooks/${id}`, note: "The secret was rolled.", secret };
    },
  ],
  [
    /^\/dashboard\/deliveries\/(whd_[^/]+)\/replay$/,
    (context, id) => {
      const { event } = replayDelivery(context, { id, query: new URLSearchParams(), body: {} });
      return { to: `/dashboard/events/${event}`, note: "The event is sent once more." };
    },
  ],
  [
    /^\/dashboard\/deliveries\/(retry)$/,
    (context) => ({
      to: "/dashboard/webhooks",
      note: `${context.deliveries.retryNow()} deliveries are tried again now.`,
    }),
  ],
];

/** Does what a form asks for; null when no button posts there. */
export async function act(context: ControlContext, path: string, form: URLSearchParams): Promise<Done | null> {
  for (const [pattern, action] of actions) {
    const match = pattern.exec(path);
    if (match !== null) return action(context, readSegment(match[1]), form);
  }
  return null;
}
