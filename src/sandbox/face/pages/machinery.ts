/** The pages about what moves: events, webhook endpoints with their deliveries and troubles, clocks. */
import type Stripe from "stripe";
import { readClocks } from "../../control/clocks";
import type { ControlContext } from "../../control/control";
import { chaosOf } from "../../control/endpoints";
import type { Delivery } from "../../store/transaction";
import { troubles } from "../../webhooks/chaos";
import { type Html, html, type Part } from "../html";
import { about, base, type Column, facts, LIST_LENGTH, link, type Page, status, table, take, time } from "../layout";
import { listing } from "../listing";

const eventColumns: Column<Stripe.Event>[] = [
  { head: "Time", cell: (one) => time(one.created) },
  { head: "Event", cell: (one) => link("events", one.id, one.type) },
  { head: "About", isWide: true, cell: (one) => about(one) },
  { head: "On its way", isNumber: true, cell: (one) => one.pending_webhooks },
];

/** The newest events. */
export function eventsPage({ store }: ControlContext, _id: string, query: URLSearchParams): Page {
  const sought = (query.get("q") ?? "").trim();
  const concerning = sought.includes("_") ? store.listBy("event", "object", sought) : [];

  return {
    title: "Events",
    section: "events",
    lead: `${store.size("event")} in all`,
    body: listing(
      {
        heading: "Newest events",
        rows: concerning.length > 0 ? concerning : store.records("event"),
        columns: eventColumns,
        empty: "No events yet.",
        findBy: "Type, id, or id of the object",
        words: ({ id, type }) => [id, type, concerning.length > 0 ? sought : null],
      },
      query,
    ),
  };
}

function deliveryColumns(context: ControlContext): Column<Delivery>[] {
  return [...ownDeliveryColumns(context).slice(0, 2), endpointColumn, ...ownDeliveryColumns(context).slice(2)];
}

const endpointColumn: Column<Delivery> = { head: "Endpoint", cell: (one) => link("webhooks", one.endpoint) };

/** The columns where the endpoint is known already. */
function ownDeliveryColumns(context: ControlContext): Column<Delivery>[] {
  return [
    { head: "Created", cell: (one) => time(one.createdAtMs / 1_000) },
    {
      head: "Event",
      cell: (one) => link("events", one.event, context.store.find("event", one.event)?.type ?? one.event),
    },
    { head: "Status", cell: (one) => status(one.status) },
    { head: "Attempts", isNumber: true, cell: (one) => one.attempts.length },
    { head: "Answer", cell: (one) => one.attempts.at(-1)?.responseStatus ?? one.attempts.at(-1)?.error ?? "–" },
    {
      head: "Again",
      cell: (one) =>
        html`<form method="post" action="${base}/deliveries/${one.id}/replay"><button aria-label="Replay delivery ${one.id}">Replay</button></form>`,
    },
  ];
}

function attempts(delivery: Delivery): Part {
  return delivery.attempts.map(
    (attempt, position) => html`<h2>Attempt ${position + 1} of ${delivery.id}</h2>
${facts([
  ["Time", time(attempt.atMs / 1_000)],
  ["Answer", attempt.responseStatus ?? attempt.error ?? "none"],
  ["Took", attempt.durationMs === undefined ? "–" : `${attempt.durationMs} ms`],
])}
${attempt.requestHeaders === undefined ? null : code("Request headers", headerText(attempt.requestHeaders))}
${attempt.responseBody ? code("Response body", attempt.responseBody) : null}`,
  );
}

const headerText = (headers: Record<string, string>) =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");

function code(label: string, text: string): Html {
  return html`<pre tabindex="0" role="region" aria-label="${label}">${text}</pre>`;
}

/** An event with its payload and what came of its deliveries. */
export function eventPage(context: ControlContext, id: string): Page | null {
  const event = context.store.find("event", id);
  if (event === undefined) return null;
  const deliveries = context.store.listBy("delivery", "event", id);
  return {
    title: event.type,
    section: "events",
    lead: html`<span class="id">${id}</span> · ${time(event.created)}`,
    body: [
      facts([["Request", event.request?.id ?? "none, time itself"]]),
      table("Deliveries", deliveries, deliveryColumns(context), "No endpoint wanted this event."),
      html`<h2>Payload</h2>`,
      code("Payload", JSON.stringify(event, null, 2)),
      deliveries.slice(0, 10).map(attempts),
    ],
  };
}

function chaosForm(context: ControlContext, id: string): Html {
  const chaos = chaosOf(context, id);
  const label: Record<(typeof troubles)[number], string> = {
    duplicate: "Duplicate (same id)",
    twin: "Twin (other id)",
    reorder: "Reorder",
    delay: "Delay",
    drop: "Drop until retried",
  };
  return html`<h2>Chaos</h2>
<p class="quiet">Share of events, from 0 to 1, that meet each trouble. The same seed gives the same trouble.</p>
<form class="row" method="post" action="${base}/webhooks/${id}/chaos">
<fieldset><legend>Troubles</legend>${troubles.map(
    (name) =>
      html`<div><label for="${name}">${label[name]}</label><input type="number" id="${name}" name="${name}" min="0" max="1" step="any" value="${chaos[name]}"></div>`,
  )}
<div><label for="delayMs">Longest delay, ms</label><input type="number" id="delayMs" name="delayMs" min="0" max="600000" value="${chaos.delayMs}"></div>
<div><label for="seed">Seed</label><input type="number" id="seed" name="seed" min="0" value="${chaos.seed}"></div></fieldset>
<button>Set chaos</button>
</form>
<p>${chaos.on ? html`So far ${chaos.counters.events} events: ${troubles.map((name) => `${name} ${chaos.counters[name]}`).join(", ")}.` : "Calm."}</p>`;
}

/** The endpoints. */
export function webhooksPage(context: ControlContext): Page {
  const { store } = context;
  const columns: Column<Stripe.WebhookEndpoint>[] = [
    { head: "Endpoint", cell: (one) => link("webhooks", one.id) },
    { head: "URL", isWide: true, cell: (one) => one.url },
    { head: "Status", cell: (one) => status(one.status) },
    { head: "Chaos", cell: (one) => (chaosOf(context, one.id).on ? "on" : "calm") },
  ];
  return {
    title: "Webhooks",
    section: "webhooks",
    lead: `${store.listBy("delivery", "status", "pending").length} deliveries on their way`,
    body: [
      table("Endpoints", [...store.records("webhook_endpoint")], columns, "No endpoints yet."),
      html`<form class="row" method="post" action="${base}/deliveries/retry"><button>Retry everything that waits</button></form>`,
      table("Newest deliveries", take(store.records("delivery"), LIST_LENGTH), deliveryColumns(context), "None yet."),
    ],
  };
}

/** An endpoint with its switches and its log. */
export function webhookPage(context: ControlContext, id: string): Page | null {
  const endpoint = context.store.find("webhook_endpoint", id);
  if (endpoint === undefined) return null;
  const own = take(context.store.records("delivery"), LIST_LENGTH, (one) => one.endpoint === id);
  return {
    title: "Webhook endpoint",
    section: "webhooks",
    lead: html`<span class="id">${id}</span> · ${endpoint.url}`,
    body: [
      facts([
        ["Status", status(endpoint.status)],
        ["Hears of", endpoint.enabled_events.join(", ")],
      ]),
      chaosForm(context, id),
      html`<h2>Signing secret</h2>
<form class="row" method="post" action="${base}/webhooks/${id}/rotate-secret">
<div><label for="expires">The former secret ends</label><select id="expires" name="expiresInSeconds">
<option value="86400">in 24 hours</option><option value="3600">in an hour</option><option value="0">now</option></select></div>
<button>Roll secret</button></form>`,
      table("Deliveries", own, ownDeliveryColumns(context), "None yet."),
    ],
  };
}

interface ClockRow {
  id: string;
  now: number;
  nextDueAt: number | null;
}

function clockRows(context: ControlContext): ClockRow[] {
  const state = readClocks(context.store);
  const all = [
    { id: "default", now: state.default.now },
    ...state.testClocks.map(({ id, frozenTime }) => ({ id, now: frozenTime })),
  ];
  return all.slice(0, LIST_LENGTH).map((clock) => ({ ...clock, nextDueAt: context.clocks.nextDueAt(clock.id) }));
}

function advanceForm({ id }: ClockRow): Html {
  const button = (step: string, text: string) =>
    html`<button name="step" value="${step}" aria-label="Advance ${id}: ${text}">${text}</button>`;
  return html`<form class="row" method="post" action="${base}/clocks/${id}/advance">${button("next", "Next due moment")}${button("day", "1 day")}${button("month", "1 month")}</form>`;
}

function clockTable(context: ControlContext): Html {
  return table<ClockRow>(
    "Clocks",
    clockRows(context),
    [
      { head: "Clock", cell: (one) => html`<span class="id">${one.id}</span>` },
      { head: "Shows", cell: (one) => time(one.now) },
      { head: "Next due", cell: (one) => time(one.nextDueAt) },
      { head: "Advance", cell: advanceForm },
    ],
    "",
  );
}

/** The clocks; a walk that takes its time is told in a frame, so that only that loads itself again. */
export function clocksPage(context: ControlContext): Page {
  const isMoving = context.clocks.lastWalk !== null && context.clocks.lastWalk.state !== "arrived";
  return {
    title: "Clocks",
    section: "clocks",
    lead: "Moving a clock handles everything that falls due on the way, in order.",
    body: [
      isMoving ? html`<iframe class="walk" title="Progress of the walk" src="${base}/clocks/walk"></iframe>` : null,
      clockTable(context),
    ],
  };
}

/** The first page: what time it is, and what has just happened. */
export function overviewPage(context: ControlContext): Page {
  const { store } = context;
  const count = (
    kind: "customer" | "subscription" | "invoice" | "event",
    section: "customers" | "subscriptions" | "invoices" | "events",
  ) =>
    [
      section.charAt(0).toUpperCase() + section.slice(1),
      html`<a href="${base}/${section}">${store.size(kind)}</a>`,
    ] as const;
  return {
    title: "Stripe sandbox",
    lead: "A local Stripe for tests. No money moves here.",
    body: [
      facts([
        count("customer", "customers"),
        count("subscription", "subscriptions"),
        count("invoice", "invoices"),
        count("event", "events"),
      ]),
      clockTable(context),
      table("Newest events", take(store.records("event"), 20), eventColumns, "No events yet."),
    ],
  };
}
