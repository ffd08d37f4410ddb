/**
 * Tables of events: what a scenario causes, compared as a multiset, because order is no promise.
 *
 * Owns: how a row is run and checked, and the beginnings several rows share. The rows are in the tests.
 */
import { expect } from "vitest";
import { giveCard, inWorld, subscribe, type World } from "./lifecycle";

/** One row. */
export interface Scenario {
  /** What there is before; its events do not count. */
  given?: (world: World) => Promise<string>;
  when: (world: World, given: string) => Promise<unknown>;
  /** Types, each with how often when not once. */
  causes: string;
  /** Old values that an event of a type must name. */
  previous?: Record<string, object>;
  /** Whether time is the cause, so that no request is named. */
  byTime?: boolean;
  /** Whether both time and a request are. */
  mixed?: boolean;
}

/** What an invoice over money says when it is finalised and paid, its updates aside. */
export const paid = `invoice.finalized payment_intent.created charge.succeeded payment_intent.succeeded invoice.paid
  invoice.payment_succeeded invoice_payment.paid`;

/** A paid subscription. */
export const monthly = async (world: World) => (await subscribe(world)).id;

/** A paid subscription whose next charge will be refused. */
export async function failing(world: World): Promise<string> {
  const { id } = await subscribe(world);
  await giveCard(world, "pm_card_chargeCustomerFail");
  return id;
}

/** A detached method could not say whose it was otherwise, nor a renewed card what has changed. */
const alsoTellBefore = new Set<string>(["payment_method.detached", "payment_method.automatically_updated"]);

/** Runs a row in a world of its own and holds it to what it should cause. */
export async function checkScenario(scenario: Scenario): Promise<void> {
  const { given, when, causes, previous = {}, byTime = false, mixed = false } = scenario;
  await inWorld(async (world) => {
    const before = (await given?.(world)) ?? "";
    await world.heard();
    await when(world, before);
    const events = await world.heard();
    expect(events.map(({ type }) => type as string).sort()).toEqual(multiset(causes));
    for (const [type, expected] of Object.entries(previous)) {
      const event = events.find((one) => one.type === type);
      expect([type, event?.data.previous_attributes]).toMatchObject([type, expected]);
    }
    for (const event of events) {
      const tellsBefore = /\.updated$/.test(event.type) || alsoTellBefore.has(event.type);
      expect([event.type, "previous_attributes" in event.data]).toEqual([event.type, tellsBefore]);
      if (mixed) continue;
      if (byTime) expect(event.request).toEqual({ id: null, idempotency_key: null });
      else expect(event.request?.id).toMatch(/^req_/);
    }
  });
}

/** "a b×2" as a sorted list with b twice. */
function multiset(text: string): string[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((entry) => entry !== "")
    .flatMap((entry) => {
      const [type = "", times = "1"] = entry.split("×");
      return Array.from({ length: Number(times) }, () => type);
    })
    .sort();
}
