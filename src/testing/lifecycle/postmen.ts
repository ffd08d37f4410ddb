/**
 * Postmen for what a sandbox posts: one carries it in order, the others do to it what Stripe says may happen. Every one of
 * them must leave the same rows behind.
 */
import type { World } from "../world";

/** Carries what was posted since its last round. */
export interface Postman {
  name: string;
  deliver(world: World, bodies: readonly string[]): Promise<void>;
}

/** A small generator with a seed, so that a shuffle that fails can be shuffled again. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** The postmen of one life each; a seed belongs to each that gambles. */
export function postmen(): Postman[] {
  return [{ name: "in order", deliver: deliverAll }, shuffling(1_999), losing(42)];
}

async function deliverAll(world: World, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await world.webhooks.deliver(body);
}

/** Everything twice, under the same id or another, in the words of today or of 2020, in any order. */
function shuffling(seed: number): Postman {
  const next = random(seed);
  const again = (body: string) => {
    const draw = next();
    if (draw < 0.4) return body;
    return draw < 0.7 ? twinOf(body) : antiqueOf(body);
  };
  return {
    name: `doubled and shuffled with seed ${seed}`,
    deliver: (world, bodies) => deliverAll(world, shuffled([...bodies, ...bodies.map(again)], next)),
  };
}

/** Half is lost on the way and sent again when the rest has had its effect, among news of the last round that are long old. */
function losing(seed: number): Postman {
  const next = random(seed);
  let before: readonly string[] = [];
  return {
    name: `half lost and sent again with seed ${seed}`,
    deliver: async (world, bodies) => {
      const lost = bodies.filter(() => next() < 0.5);
      await deliverAll(
        world,
        bodies.filter((body) => !lost.includes(body)),
      );
      await world.drain();
      const old = before.filter(() => next() < 0.3).map(twinOf);
      await deliverAll(world, shuffled([...lost, ...old], next));
      before = bodies;
    },
  };
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  return items
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** The type of a posted event. */
export function typeOf(body: string): string {
  return String(JSON.parse(body).type);
}

/** Another event about the same change: Stripe may make two. */
function twinOf(body: string): string {
  const event = JSON.parse(body);
  return JSON.stringify({ ...event, id: `${event.id}_twin` });
}

/** The same in the words of an endpoint that was made in 2020, and long out of date: of its object only ids may be read. */
function antiqueOf(body: string): string {
  const event = JSON.parse(body);
  const { id, object, customer, payment_intent } = event.data.object;
  const stale = { status: "trialing", current_period_end: 1, amount_due: 1, paid: false, plan: { id: "gold" } };
  const told = { id, object, customer, payment_intent, ...stale };
  return JSON.stringify({ ...event, id: `${event.id}_2020`, api_version: "2020-08-27", data: { object: told } });
}
