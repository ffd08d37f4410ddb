/** The history tells what a change cost, whoever converges first: the verb, or the webhook that overtakes it. */
import { describe, expect, it } from "vitest";
import type { StripeGateway } from "@/stripe/gateway";
import { shareWorld, type World } from "@/testing/world";
import type { Tenant } from "../tenants";
import {
  cancelSubscription,
  changePlan,
  createSubscription,
  listSubscriptionChanges,
  pauseSubscription,
  unpauseSubscription,
} from ".";

const world = shareWorld();

/** A gateway whose answer to one method is overtaken by every webhook it causes. */
function overtaken(method: keyof StripeGateway): World["ctx"] {
  const stripe = new Proxy(world.ctx.stripe, {
    get(target, name: keyof StripeGateway) {
      if (name !== method) return target[name];
      return async (...args: unknown[]) => {
        const answer: unknown = await Reflect.apply(target[name], target, args);
        await world.drain();
        return answer;
      };
    },
  });
  return { ...world.ctx, stripe };
}

const said = (tenant: Tenant) => ({ tenantId: tenant.id, requestId: world.requestId(), reason: "A test" });
const told = async (tenant: Tenant) =>
  (await listSubscriptionChanges(world.ctx, tenant.id, 20)).map(
    ({ kind, amountMinor }) => `${kind} ${amountMinor ?? "-"}`,
  );

describe("a change that its webhook tells first", () => {
  // The clock stands still: all of it happens in one second, which is where an entry could take another one's amount.
  it("has its amount in the history: start, upgrade, end", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const payer = { paymentMethodId: "pm_card_visa", canConfirm: false };
    const start = { ...said(tenant), ...payer, planKey: "professional", interval: "month" as const };
    await createSubscription(overtaken("createSubscription"), start);
    await changePlan(overtaken("changeSubscription"), { ...said(tenant), planKey: "enterprise", interval: null });
    const ended = { ...said(tenant), immediate: true };
    await cancelSubscription(overtaken("cancelSubscriptionNow"), ended);
    expect(await told(tenant)).toEqual(["canceled -107892", "plan_changed 75600", "created 32292"]);
  });

  it("has it in one year's change of plan and interval once", async () => {
    const tenant = await world.tenant({ ownClock: true, plan: "professional" });
    const wish = { ...said(tenant), planKey: "enterprise", interval: "year" as const };
    const { chargedNowMinor } = await changePlan(overtaken("changeSubscription"), wish);
    const history = await told(tenant);
    expect(history.filter((line) => line.endsWith(` ${chargedNowMinor}`))).toHaveLength(1);
    expect(history).toContain("created 32292");
  });

  it("has it for a pause that ends", async () => {
    const tenant = await world.tenant({ ownClock: true, plan: "professional" });
    await pauseSubscription(overtaken("pauseSubscription"), said(tenant));
    const { chargedNowMinor } = await unpauseSubscription(overtaken("unpauseSubscription"), said(tenant));
    expect((await told(tenant))[0]).toBe(`unpaused ${chargedNowMinor}`);
  });
});
