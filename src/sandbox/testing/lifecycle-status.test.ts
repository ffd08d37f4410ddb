/** The status machine of subscriptions as a table: what happens, and which statuses follow one another. */
import { expect, it } from "vitest";
import { day } from "../billing/test-stage";
import { control, giveCard, intentOf, inWorld, latestOf, statusOf, subscribe, type World } from "./lifecycle";

const hour = 3_600;

/** Steps that report, each, what there is to see of a subscription: its status and that of its latest invoice. */
interface Row {
  card?: string | null;
  run: (world: World, see: (id: string) => Promise<void>) => Promise<unknown>;
  statuses: string[];
}

async function pastDue(world: World, afterRetries?: string): Promise<string> {
  if (afterRetries !== undefined) await control(world, "/settings", { afterRetries });
  const { id } = await subscribe(world);
  await giveCard(world, "pm_card_chargeCustomerFail");
  await world.stage.advanceTo("2026-05-01T01:00:00Z");
  return id;
}

async function unpaid(world: World): Promise<string> {
  const id = await pastDue(world, "unpaid");
  await world.stage.advanceBy(15 * day);
  return id;
}

async function paused(world: World): Promise<string> {
  const { id } = await subscribe(world);
  await world.stage.advanceBy(10 * day);
  await world.stripe.subscriptions.pause(id, { type: "subscription" });
  return id;
}

async function endsTrial(world: World, missing: "create_invoice" | "pause" | "cancel"): Promise<string> {
  const { id } = await subscribe(world, {
    trial_period_days: 5,
    trial_settings: { end_behavior: { missing_payment_method: missing } },
  });
  await world.stage.advanceBy(5 * day);
  return id;
}

const rows: Record<string, Row> = {
  "created and paid": {
    run: async (world, see) => see((await subscribe(world)).id),
    statuses: ["active paid"],
  },
  "created with default_incomplete, then paid": {
    run: async (world, see) => {
      const { id } = await subscribe(world, { payment_behavior: "default_incomplete" });
      await see(id);
      const intent = intentOf(await latestOf(world, id));
      await world.stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_visa" });
      await see(id);
    },
    statuses: ["incomplete open", "active paid"],
  },
  "created with a card that is refused, whose invoice is then paid": {
    card: "pm_card_chargeCustomerFail",
    run: async (world, see) => {
      const { id } = await subscribe(world, { payment_behavior: "allow_incomplete" });
      await see(id);
      const invoice = await latestOf(world, id);
      expect(invoice).toMatchObject({ auto_advance: false, next_payment_attempt: null, attempt_count: 1 });
      expect((await world.stripe.paymentIntents.retrieve(intentOf(invoice))).status).toBe("requires_payment_method");
      await giveCard(world, "pm_card_visa");
      await world.stripe.invoices.pay(invoice.id);
      await see(id);
    },
    statuses: ["incomplete open", "active paid"],
  },
  "created with a card that asks its holder": {
    card: "pm_card_authenticationRequired",
    run: async (world, see) => {
      const { id } = await subscribe(world, { payment_behavior: "allow_incomplete" });
      await see(id);
      const intent = await world.stripe.paymentIntents.retrieve(intentOf(await latestOf(world, id)));
      expect(intent.status).toBe("requires_action");
      await control(world, "/authenticate", { client_secret: intent.client_secret, outcome: "succeed" });
      await see(id);
    },
    statuses: ["incomplete open", "active paid"],
  },
  "incomplete for 23 hours, and not a second less": {
    run: async (world, see) => {
      const { id } = await subscribe(world, { payment_behavior: "default_incomplete" });
      await world.stage.advanceBy(23 * hour - 1);
      await see(id);
      await world.stage.advanceBy(1);
      await see(id);
      expect((await world.stripe.subscriptions.retrieve(id)).ended_at).toBe(world.stage.now());
    },
    statuses: ["incomplete open", "incomplete_expired void"],
  },
  "incomplete, and its first invoice voided": {
    run: async (world, see) => {
      const { id } = await subscribe(world, { payment_behavior: "default_incomplete" });
      await world.stripe.invoices.voidInvoice((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["incomplete_expired void"],
  },
  "a trial with a card": {
    run: async (world, see) => {
      const { id } = await subscribe(world, { trial_period_days: 5 });
      await see(id);
      await world.stage.advanceBy(5 * day);
      await see(id);
      await world.stage.advanceBy(hour);
      await see(id);
    },
    statuses: ["trialing paid", "active draft", "active paid"],
  },
  "a trial without a card, create_invoice": {
    card: null,
    run: async (world, see) => {
      const id = await endsTrial(world, "create_invoice");
      await see(id);
      await world.stage.advanceBy(hour);
      await see(id);
    },
    statuses: ["active draft", "past_due open"],
  },
  "a trial without a card, pause, and then resumed with one": {
    card: null,
    run: async (world, see) => {
      const id = await endsTrial(world, "pause");
      await see(id);
      expect((await world.stripe.subscriptions.retrieve(id)).status_details).toMatchObject({
        paused: { subscription: { type: "trial_end_without_payment_method" } },
      });
      await world.stage.advanceBy(60 * day);
      await see(id);
      await giveCard(world, "pm_card_visa");
      await world.stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: "now" } });
      await see(id);
    },
    statuses: ["paused paid", "paused paid", "active paid"],
  },
  "a trial without a card, cancel": {
    card: null,
    run: async (world, see) => see(await endsTrial(world, "cancel")),
    statuses: ["canceled paid"],
  },
  "a renewal that fails, and is then paid": {
    run: async (world, see) => {
      const id = await pastDue(world);
      await see(id);
      await giveCard(world, "pm_card_visa");
      await world.stripe.invoices.pay((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["past_due open", "active paid"],
  },
  "past due, and marked uncollectible": {
    run: async (world, see) => {
      const id = await pastDue(world);
      await world.stripe.invoices.markUncollectible((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["active uncollectible"],
  },
  "past due, and voided": {
    run: async (world, see) => {
      const id = await pastDue(world);
      await world.stripe.invoices.voidInvoice((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["active void"],
  },
  "two invoices behind: voiding the newer walks back to the older, voiding that too makes it good": {
    run: async (world, see) => {
      const id = await pastDue(world, "past_due");
      const older = await latestOf(world, id);
      await world.stage.advanceTo("2026-06-01T01:00:00Z");
      await see(id);
      await world.stripe.invoices.voidInvoice((await latestOf(world, id)).id);
      await see(id);
      await world.stripe.invoices.voidInvoice(older.id);
      await see(id);
    },
    statuses: ["past_due open", "past_due void", "active void"],
  },
  "two invoices behind: the latest decides": {
    run: async (world, see) => {
      const id = await pastDue(world, "past_due");
      const older = await latestOf(world, id);
      await world.stage.advanceTo("2026-06-01T01:00:00Z");
      await giveCard(world, "pm_card_visa");
      await world.stripe.invoices.pay(older.id);
      await see(id);
      await world.stripe.invoices.pay((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["past_due open", "active paid"],
  },
  "a first invoice that is past due, and voided": {
    run: async (world, see) => {
      const { id } = await subscribe(world, { collection_method: "send_invoice", days_until_due: 5 });
      await see(id);
      await world.stage.advanceBy(5 * day + hour);
      await see(id);
      await world.stripe.invoices.voidInvoice((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["active draft", "past_due open", "active void"],
  },
  "retries exhausted: canceled": {
    run: async (world, see) => {
      const id = await pastDue(world, "canceled");
      await world.stage.advanceBy(15 * day);
      await see(id);
      expect(await latestOf(world, id)).toMatchObject({ auto_advance: false, attempt_count: 4 });
    },
    statuses: ["canceled open"],
  },
  "retries exhausted: past due, and goes on": {
    run: async (world, see) => {
      const id = await pastDue(world, "past_due");
      await world.stage.advanceBy(15 * day);
      await see(id);
      await world.stage.advanceTo("2026-06-01T00:00:00Z");
      await see(id);
    },
    statuses: ["past_due open", "past_due draft"],
  },
  "retries exhausted: unpaid, new invoices stay drafts without attempts": {
    run: async (world, see) => {
      const id = await unpaid(world);
      await see(id);
      await world.stage.advanceTo("2026-06-10T00:00:00Z");
      await see(id);
      expect(await latestOf(world, id)).toMatchObject({ attempt_count: 0, attempted: false, auto_advance: false });
    },
    statuses: ["unpaid open", "unpaid draft"],
  },
  "unpaid, and its most recent invoice paid": {
    run: async (world, see) => {
      const id = await unpaid(world);
      await giveCard(world, "pm_card_visa");
      await world.stripe.invoices.pay((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["active paid"],
  },
  "unpaid, its newer draft finalised and voided, the older paid": {
    run: async (world, see) => {
      const id = await unpaid(world);
      const older = await latestOf(world, id);
      await world.stage.advanceTo("2026-06-10T00:00:00Z");
      const newer = await latestOf(world, id);
      await world.stripe.invoices.finalizeInvoice(newer.id, { auto_advance: false });
      await world.stripe.invoices.voidInvoice(newer.id);
      await see(id);
      await giveCard(world, "pm_card_visa");
      await world.stripe.invoices.pay(older.id);
      await see(id);
    },
    statuses: ["unpaid void", "active void"],
  },
  "canceled at once: what is open or a draft is collected no more": {
    run: async (world, see) => {
      const id = await pastDue(world);
      await world.stripe.subscriptions.cancel(id);
      await see(id);
      await world.stage.advanceBy(20 * day);
      await see(id);
      expect(await latestOf(world, id)).toMatchObject({ auto_advance: false, attempt_count: 1 });
    },
    statuses: ["canceled open", "canceled open"],
  },
  "paused on request: no invoices, no periods": {
    run: async (world, see) => {
      const id = await paused(world);
      const before = await world.stripe.subscriptions.retrieve(id);
      await world.stage.advanceBy(90 * day);
      await see(id);
      const after = await world.stripe.subscriptions.retrieve(id);
      expect(after.items.data[0]?.current_period_end).toBe(before.items.data[0]?.current_period_end);
    },
    statuses: ["paused paid"],
  },
  "resumed and paid": {
    run: async (world, see) => {
      const id = await paused(world);
      await world.stage.advanceBy(90 * day);
      await world.stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: "now" } });
      await see(id);
    },
    statuses: ["active paid"],
  },
  "resumed, refused, given up as uncollectible": {
    run: async (world, see) => {
      const id = await paused(world);
      await giveCard(world, "pm_card_chargeCustomerFail");
      await world.stripe.subscriptions.resume(id, { payment_behavior: "resume_on_payment_success" });
      await see(id);
      await world.stripe.invoices.markUncollectible((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["paused open", "active uncollectible"],
  },
  "resumed, refused, voided": {
    run: async (world, see) => {
      const id = await paused(world);
      await giveCard(world, "pm_card_chargeCustomerFail");
      await world.stripe.subscriptions.resume(id, { payment_behavior: "resume_on_payment_success" });
      await world.stripe.invoices.voidInvoice((await latestOf(world, id)).id);
      await see(id);
    },
    statuses: ["paused void"],
  },
  "resumed without a card, for 23 hours": {
    run: async (world, see) => {
      const id = await paused(world);
      const { data } = await world.stripe.customers.listPaymentMethods(world.customer);
      for (const method of data) await world.stripe.paymentMethods.detach(method.id);
      await world.stripe.subscriptions.resume(id, {});
      await see(id);
      await world.stage.advanceBy(23 * hour);
      await see(id);
    },
    statuses: ["paused open", "paused void"],
  },
  "collection paused: the status stays, whatever becomes of the invoices": {
    run: async (world, see) => {
      for (const behavior of ["keep_as_draft", "mark_uncollectible", "void"] as const) {
        const { id } = await subscribe(world);
        await world.stripe.subscriptions.update(id, { pause_collection: { behavior } });
        await world.stage.advanceBy(31 * day + 2 * hour);
        await see(id);
        await world.stripe.subscriptions.cancel(id);
      }
    },
    statuses: ["active draft", "active uncollectible", "active void"],
  },
  "paid by a debit that succeeds": {
    card: "pm_usBankAccount_success",
    run: async (world, see) => {
      const { id } = await subscribe(world);
      await see(id);
      await world.stage.advanceBy(5 * day);
      await see(id);
    },
    statuses: ["active open", "active paid"],
  },
  "paid by a debit that fails": {
    card: "pm_usBankAccount_insufficientFunds",
    run: async (world, see) => {
      const { id } = await subscribe(world);
      await see(id);
      await world.stage.advanceBy(5 * day);
      await see(id);
    },
    statuses: ["active open", "active void"],
  },
};

it.each(Object.entries(rows))("%s", async (_name, { card = "pm_card_visa", run, statuses }) => {
  await inWorld(async (world) => {
    const seen: string[] = [];
    await run(world, async (id) => {
      const invoice = await latestOf(world, id);
      seen.push(`${await statusOf(world, id)} ${invoice.status}`);
    });
    expect(seen).toEqual(statuses);
  }, card);
});
