/**
 * Stories: what Stripe's documentation states, asked for by our verbs, chapter by chapter.
 *
 * A story is lived by one tenant per postman, all on clocks that show the same time. After every chapter the events that
 * Stripe made have to contain the documented set, and the tenants have to stand as the chapter says; in the end all of them
 * must have the same rows, and rows that say what Stripe says.
 */
import { beforeAll, expect, it } from "vitest";
import { addPaymentMethod } from "@/billing/payments";
import {
  type ChangePlanInput,
  type CreateSubscriptionInput,
  changePlan,
  createSubscription,
  getSubscription,
} from "@/billing/subscriptions";
import { getTenant, type Tenant } from "@/billing/tenants";
import { getUsage } from "@/billing/usage";
import { postToSandbox } from "../sandbox-post";
import { shareWorld, type World } from "../world";
import { lifecycleCatalog, SMALL_PLANS } from "./catalog";
import { expectMirrorAsAtStripe, rowsOf } from "./picture";
import { type Postman, postmen, typeOf } from "./postmen";

/** A tenant that lives a story. */
export interface Life {
  world: World;
  tenant: Tenant;
  postman: Postman;
  /** Ids of everything at Stripe that is its own. */
  ids: Set<string>;
  /** What a chapter leaves to the next ones. */
  kept: { clientSecret: string };
  /** What every request of it says. */
  plain(): { tenantId: string; requestId: string; reason: string };
  /** Walks its clock to a time. */
  until(at: string): Promise<unknown>;
}

/** One fact, lived. */
export interface Chapter {
  name: string;
  /** The page of docs.stripe.com that states it. */
  page: string;
  does: (life: Life) => Promise<unknown>;
  /** Types that Stripe has to send, each with how often when not once; more may come. "nothing": none at all may. */
  causes: string;
  /** Plan and status, what is to come, and money in minor units. */
  stands: string;
}

/** What an invoice over money causes when it is issued and paid. */
export const PAID = `payment_intent.created charge.succeeded payment_intent.succeeded invoice.finalized invoice.paid
  invoice.payment_succeeded invoice_payment.paid invoice.updated`;

/** Starts a plan by the month; from a server and by a card that works, unless it is said otherwise. */
export function start(life: Life, planKey: string, more: Partial<CreateSubscriptionInput> = {}) {
  const payer = { paymentMethodId: "pm_card_visa", canConfirm: false };
  return createSubscription(life.world.ctx, { ...life.plain(), planKey, interval: "month", ...payer, ...more });
}

/** Changes what the tenant has. */
export function change(life: Life, wanted: Omit<ChangePlanInput, "tenantId" | "requestId" | "reason">) {
  return changePlan(life.world.ctx, { ...life.plain(), ...wanted });
}

/** Makes a card the default one. */
export function saveCard(life: Life, paymentMethodId: string) {
  return addPaymentMethod(life.world.ctx, { ...life.plain(), paymentMethodId, makeDefault: true });
}

/** Confirms the payment that waits, as the browser does, and takes its refusal as an answer. */
export async function confirm({ world, kept }: Life, paymentMethodId: string): Promise<void> {
  const [intent] = kept.clientSecret.split("_secret_");
  const params = { payment_method: paymentMethodId };
  await postToSandbox(world.sandbox.url, `payment_intents/${intent}/confirm`, params).catch(() => null);
}

/** Declares the stories of a file. */
export function tellStories(stories: Record<string, Chapter[]>): void {
  // A long grace: what Stripe does at the end of its retries comes first.
  const world = shareWorld({ catalog: lifecycleCatalog(SMALL_PLANS, { dunning: { graceDays: 30 } }) });
  beforeAll(() => {
    world.webhooks.mode = "withhold";
  });
  it.each(Object.entries(stories))("%s", { timeout: 300_000 }, (_name, chapters) => live(world, chapters));
}

async function live(world: World, chapters: Chapter[]): Promise<void> {
  const lives = await Promise.all(postmen().map((postman) => begin(world, postman)));
  world.webhooks.withheld.splice(0);
  for (const chapter of chapters) {
    const told = `${chapter.name} (docs.stripe.com/${chapter.page})`;
    await Promise.all(lives.map(chapter.does));
    await world.control.deliveriesDone();
    await world.clock.refresh();
    const letters = await sort(world, lives, world.webhooks.withheld.splice(0));
    for (const life of lives) {
      const bodies = letters.get(life) ?? [];
      expectSet(`${told}, ${life.postman.name}`, bodies.map(typeOf), chapter.causes);
      await life.postman.deliver(world, bodies);
    }
    await world.drain();
    const [inOrder] = lives;
    expect(inOrder && (await standingOf(inOrder)), told).toBe(chapter.stands);
  }
  const [first, ...others] = lives;
  const rows = first && (await rowsOf(world, first.tenant));
  for (const life of others) expect(await rowsOf(world, life.tenant), life.postman.name).toEqual(rows);
  for (const { tenant } of lives) await expectMirrorAsAtStripe(world, tenant);
}

async function begin(world: World, postman: Postman): Promise<Life> {
  const tenant = await world.tenant({ ownClock: true });
  return {
    ...{ world, tenant, postman, ids: new Set<string>(), kept: { clientSecret: "" } },
    plain: () => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "The documentation says so" }),
    until: (at) => world.advance(new Date(at), tenant),
  };
}

const IDS = /\b(?:cus|sub|sub_sched|in|pi|ch|py|re|pm|seti)_[A-Za-z0-9]{14,}/g;

/** Whose each event is: some name no customer, but something that is a customer's. */
async function sort(world: World, lives: Life[], bodies: readonly string[]): Promise<Map<Life, string[]>> {
  for (const { tenant, ids } of lives) {
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    if (stripeCustomerId !== null) ids.add(stripeCustomerId);
  }
  const named = bodies.map((body) => ({ body, ids: body.match(IDS) ?? [] }));
  // Twice: what an event names may be told by a later one to be somebody's.
  for (const _round of [1, 2]) {
    for (const event of named) {
      const owner = lives.find(({ ids }) => event.ids.some((id) => ids.has(id)));
      for (const id of event.ids) owner?.ids.add(id);
    }
  }
  return new Map(
    lives.map((life) => {
      const own = named.filter((event) => event.ids.some((id) => life.ids.has(id)));
      return [life, own.map(({ body }) => body)];
    }),
  );
}

function expectSet(told: string, types: string[], causes: string): void {
  if (causes === "nothing") {
    expect(types, told).toEqual([]);
    return;
  }
  const left = [...types];
  const missing = multiset(causes).filter((type) => {
    const at = left.indexOf(type);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  expect(missing, `${told}: missing beside ${left.sort().join(" ")}`).toEqual([]);
}

/** "a b×2" as a list with b twice. */
function multiset(text: string): string[] {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((entry) => {
      const [type = "", times = "1"] = entry.split("×");
      return Array.from({ length: Number(times) }, () => type);
    });
}

/** How a tenant stands, in a line: what is zero or none is left out. */
async function standingOf({ world, tenant }: Life): Promise<string> {
  const { ctx, db } = world;
  const where = { tenantId: tenant.id };
  const current = await getSubscription(ctx, tenant.id);
  const { planKey: serves } = await getUsage(ctx, tenant.id);
  const payments = await db.prisma.payment.findMany({ where });
  const open = await db.prisma.invoice.findMany({ where: { ...where, status: "open" } });
  const dunned = await db.prisma.dunningCase.findFirst({ where, orderBy: { firstFailedAt: "desc" } });
  const { stripeCustomerId } = await getTenant(ctx, tenant.id);
  const customer = stripeCustomerId === null ? null : await ctx.stripe.fetchCustomer(stripeCustomerId);
  const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n);
  const parts: Array<[string, string | bigint | null | undefined]> = [
    ["serves", serves === current.planKey ? null : serves],
    ["then", current.scheduled?.planKey],
    ["starts", current.pending?.planKey],
    ["waits until", current.pendingChange?.expiresAt.toISOString().slice(0, 10)],
    ["ends", current.cancelAtPeriodEnd ? current.currentPeriodEndAt.toISOString().slice(0, 10) : null],
    ["paid", sum(payments.filter(({ status }) => status === "succeeded").map(({ amountMinor }) => amountMinor))],
    ["back", sum(payments.map(({ amountRefundedMinor }) => amountRefundedMinor))],
    ["owes", sum(open.map(({ amountDueMinor, amountPaidMinor }) => amountDueMinor - amountPaidMinor))],
    ["credit", -(customer?.balanceMinor ?? 0n)],
    ["dunned", dunned?.stage],
  ];
  const told = parts.flatMap(([name, value]) => (value ? [`${name} ${value}`] : []));
  return [`${current.planKey} ${current.status}`, ...told].join(", ");
}
