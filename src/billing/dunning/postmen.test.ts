/** A failed renewal and its recovery, whatever happens to webhooks on their way: the same letters and the same end. */
import { afterEach, expect, it } from "vitest";
import { payInvoice } from "@/billing/invoices";
import { getSubscription } from "@/billing/subscriptions";
import type { Tenant } from "@/billing/tenants";
import { caseOf, kindsTo, saveCard } from "@/testing/dunning-world";
import { createWorld, type World } from "@/testing/world";

type Postman = (bodies: string[]) => string[];

const opened: World[] = [];
afterEach(async () => {
  for (const world of opened.splice(0)) await world.close();
});

const isOf = (prefix: string) => (body: string) => String(JSON.parse(body).type).startsWith(prefix);

const POSTMEN: Array<[name: string, postman: Postman]> = [
  ["in order", (bodies) => bodies],
  ["doubled and backwards", (bodies) => [...bodies, ...bodies].reverse()],
  ["the subscription's news before the invoice's", (bodies) => [...bodies.filter(isOf("customer.")), ...bodies]],
  [
    "failures and payments of invoices lost",
    (bodies) => bodies.filter((body) => !isOf("invoice.pa")(body) && !isOf("invoice.updated")(body)),
  ],
];

async function live(postman: Postman, paysOnDay: number | null) {
  const world = await createWorld();
  opened.push(world);
  world.webhooks.mode = "withhold";
  const tenant = await world.tenant({ slug: "postman", plan: "professional", ownClock: true });
  const stop = async () => {
    for (const body of postman(world.webhooks.withheld.splice(0))) await world.webhooks.deliver(body);
    await world.drain();
  };
  const walk = async (hours: number) => {
    for (let walked = 0; walked < hours; walked += 12) {
      await world.advance(`${Math.min(12, hours - walked)} hours`, tenant);
      await stop();
    }
  };
  await stop();
  await saveCard(world, tenant, "pm_card_chargeCustomerFail");
  await stop();
  await world.advance("1 month", tenant);
  await stop();
  await walk(24 * (paysOnDay ?? 15));
  if (paysOnDay !== null) await pay(world, tenant);
  await stop();
  await walk(24 * 4);
  const { stage, nextStepAt, stepsDone } = await caseOf(world, tenant);
  const { planKey, status } = await getSubscription(world.ctx, tenant.id);
  const cases = await world.db.prisma.dunningCase.count();
  expect(world.complaints).toEqual([]);
  return { letters: await kindsTo(world, tenant), stage, nextStepAt, stepsDone, planKey, status, cases };
}

async function pay(world: World, tenant: Tenant): Promise<void> {
  await saveCard(world, tenant, "pm_card_visa");
  const { invoiceNumber: invoiceId } = await caseOf(world, tenant);
  const call = {
    tenantId: tenant.id,
    invoiceId,
    paymentMethodId: null,
    requestId: world.requestId(),
    reason: "A test",
  };
  await payInvoice(world.ctx, call);
}

it.each(POSTMEN)("%s: paid on the fifth day", async (_name, postman) => {
  expect(await live(postman, 5)).toEqual({
    letters: ["payment_failed", "payment_reminder", "payment_recovered"],
    ...{ stage: "recovered", nextStepAt: null, stepsDone: 1, planKey: "professional", status: "active", cases: 1 },
  });
});

it.each(POSTMEN.slice(1))("%s: never paid", async (_name, postman) => {
  expect(await live(postman, null)).toEqual({
    letters: ["payment_failed", "payment_reminder", "payment_reminder", "payment_last_notice", "plan_ended"],
    ...{ stage: "lapsed", nextStepAt: null, stepsDone: 4, planKey: "free", status: "active", cases: 1 },
  });
});
