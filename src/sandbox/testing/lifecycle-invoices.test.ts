/** The rules of invoices, one row each: balances, what joins them, their order, who pays, and what they may become. */
import type Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { day, priceOf } from "../billing/test-stage";
import { giveCard, intentOf, inWorld, latestOf, refusal, subscribe, type World } from "./lifecycle";

const hour = 3_600;

async function draftOf(world: World, amount: number, params: Stripe.InvoiceCreateParams = {}): Promise<string> {
  const { stripe, customer } = world;
  const { id = "" } = await stripe.invoices.create({ customer, currency: "usd", ...params });
  await stripe.invoiceItems.create({ customer, invoice: id, amount, currency: "usd" });
  return id;
}

async function openOf(world: World, amount = 1_000): Promise<string> {
  const id = await draftOf(world, amount);
  await world.stripe.invoices.finalizeInvoice(id, { auto_advance: false });
  return id;
}

const balanceOf = async ({ stripe, customer }: World) => {
  const found = await stripe.customers.retrieve(customer);
  return "deleted" in found ? null : found.balance;
};

/** Total, the customer's balance before, then amount due, balance after, status, kind of the movement. */
const balances = [
  [1_000, 0, 1_000, 0, "open", null],
  [1_000, -300, 700, 0, "open", "applied_to_invoice"],
  [1_000, -1_000, 0, 0, "paid", "applied_to_invoice"],
  [1_000, -1_500, 0, -500, "paid", "applied_to_invoice"],
  [1_000, 250, 1_250, 0, "open", "applied_to_invoice"],
  [-400, 0, 0, -400, "paid", "applied_to_invoice"],
  [-400, -100, 0, -500, "paid", "applied_to_invoice"],
  [-400, 1_000, 600, 0, "open", "applied_to_invoice"],
  [49, 0, 0, 49, "paid", "invoice_too_small"],
  [50, 0, 50, 0, "open", null],
  [30, 20, 50, 0, "open", "applied_to_invoice"],
  [1_000, -970, 0, 30, "paid", "invoice_too_small"],
  [0, 0, 0, 0, "paid", null],
] as const;

describe("finalising settles with the balance", () => {
  it.each(balances)("total %i, balance %i", async (total, before, due, after, status, kind) => {
    await inWorld(async (world) => {
      await world.stripe.customers.update(world.customer, { balance: before });
      const known = (await world.stripe.customers.listBalanceTransactions(world.customer)).data.length;
      const id = await draftOf(world, total);
      const invoice = await world.stripe.invoices.finalizeInvoice(id, { auto_advance: false });
      expect(invoice).toMatchObject({
        total,
        amount_due: due,
        amount_remaining: due,
        starting_balance: before,
        ending_balance: after,
        status,
        effective_at: world.stage.now(),
      });
      expect(await balanceOf(world)).toBe(after);
      const { data } = await world.stripe.customers.listBalanceTransactions(world.customer);
      const moved = data.slice(0, data.length - known).map(({ amount, type }) => [amount, type]);
      expect(moved).toEqual(kind === null ? [] : [[after - before, kind]]);
    });
  });
});

describe("a finalised invoice", () => {
  it("has a number, a payment to confirm, and its customer's details as they were", async () => {
    await inWorld(async (world) => {
      const { stripe, customer } = world;
      const id = await openOf(world);
      await stripe.customers.update(customer, { name: "Changed since", email: "new@example.com" });
      const invoice = await stripe.invoices.retrieve(id, { expand: ["confirmation_secret", "payments"] });
      expect(invoice.number).toMatch(/^[A-Z0-9]{8}-0001$/);
      expect(invoice).toMatchObject({ customer_name: "Ada", customer_email: "ada@example.com" });
      expect(invoice.confirmation_secret?.client_secret).toMatch(`${intentOf(invoice)}_secret_`);
      const { number } = await stripe.invoices.retrieve(await openOf(world));
      expect(number).toMatch(/-0002$/);
    });
  });
});

describe("the draft of a renewal", () => {
  it("can be edited for an hour, and its window is the period before", async () => {
    await inWorld(async (world) => {
      const { id, created } = await subscribe(world);
      const first = await latestOf(world, id);
      expect([first.period_start, first.period_end]).toEqual([created, created]);
      await world.stage.advanceTo("2026-05-01T00:00:00Z");
      const now = world.stage.now();
      const draft = await latestOf(world, id);
      expect(draft).toMatchObject({
        status: "draft",
        auto_advance: true,
        attempted: false,
        attempt_count: 0,
        automatically_finalizes_at: now + hour,
        next_payment_attempt: now + hour,
        period_start: created,
        period_end: now,
        number: null,
      });
      expect(draft.lines.data[0]?.period).toEqual({ start: now, end: Date.parse("2026-06-01T00:00:00Z") / 1_000 });
      await world.stripe.invoices.update(draft.id, { description: "Thank you" });
      await world.stage.advanceBy(hour);
      expect(await latestOf(world, id)).toMatchObject({ status: "paid", description: "Thank you" });
    });
  });

  it("is made by time alone: an update's invoice does not advance by itself", async () => {
    await inWorld(async (world) => {
      const { id, items } = await subscribe(world);
      await giveCard(world, "pm_card_chargeCustomerFail");
      const more = { items: [{ id: items.data[0]?.id ?? "", quantity: 2 }] };
      await world.stripe.subscriptions.update(id, { ...more, proration_behavior: "always_invoice" });
      expect(await latestOf(world, id)).toMatchObject({
        billing_reason: "subscription_update",
        status: "open",
        auto_advance: false,
        next_payment_attempt: null,
      });
      await world.stage.advanceBy(20 * day);
      expect(await latestOf(world, id)).toMatchObject({ status: "open", attempt_count: 1 });
    });
  });
});

describe("pending items", () => {
  it("wait for an invoice that may take them", async () => {
    await inWorld(async (world) => {
      const { stripe, customer } = world;
      const one = await subscribe(world);
      const other = await subscribe(world, { items: [{ price: (await priceOf(world.stage, 500)).id }] });
      const item = (amount: number, subscription?: string) =>
        stripe.invoiceItems.create({
          customer,
          amount,
          currency: "usd",
          ...(subscription === undefined ? {} : { subscription }),
        });
      await item(1);
      await item(2, one.id);
      await item(3, other.id);
      const manual = await stripe.invoices.create({ customer });
      expect(manual).toMatchObject({ auto_advance: false, total: 0 });
      const included = { customer, pending_invoice_items_behavior: "include" as const, subscription: other.id };
      expect((await stripe.invoices.create(included)).lines.data.map(({ amount }) => amount)).toEqual([3]);
      await world.stage.advanceTo("2026-05-01T00:00:00Z");
      const amounts = async (id: string) => (await latestOf(world, id)).lines.data.map((line) => line.amount);
      expect([await amounts(one.id), await amounts(other.id)]).toEqual([[2, 1, 10_000], [500]]);
    });
  });

  it("join at most 250 at a time, and the rest the next invoice", async () => {
    await inWorld(async (world) => {
      const { stripe, customer } = world;
      for (let batch = 0; batch < 26; batch += 1) {
        const some = Array.from({ length: 10 }, () =>
          stripe.invoiceItems.create({ customer, amount: 100, currency: "usd" }),
        );
        await Promise.all(some);
      }
      const include = { customer, pending_invoice_items_behavior: "include" as const };
      const count = async () => {
        const invoice = await stripe.invoices.create(include);
        const lines = await stripe.invoices
          .listLineItems(invoice.id ?? "", { limit: 100 })
          .autoPagingToArray({ limit: 300 });
        return [lines.length, invoice.total];
      };
      expect([await count(), await count()]).toEqual([
        [250, 25_000],
        [10, 1_000],
      ]);
    });
  });

  it("stand before the subscription's items, newest first; what is added later stands last, oldest first", async () => {
    await inWorld(async (world) => {
      const { stripe, customer } = world;
      const second = await priceOf(world.stage, 500);
      const { id } = await subscribe(world, { items: [{ price: world.price }, { price: second.id }] });
      for (const amount of [1, 2, 3]) {
        await stripe.invoiceItems.create({ customer, amount, currency: "usd", subscription: id });
      }
      await world.stage.advanceTo("2026-05-01T00:00:00Z");
      const draft = await latestOf(world, id);
      for (const amount of [4, 5]) {
        await stripe.invoiceItems.create({ customer, amount, currency: "usd", invoice: draft.id });
      }
      const { data } = await stripe.invoices.listLineItems(draft.id, { limit: 100 });
      expect(data.map(({ amount }) => amount)).toEqual([3, 2, 1, 500, 10_000, 4, 5]);
    });
  });
});

/** Who has a card: invoice, subscription, customer; then whose card pays. */
const owners = [
  [true, true, true, "mastercard"],
  [false, true, true, "amex"],
  [true, false, true, "mastercard"],
  [false, false, true, "visa"],
] as const;

describe("the payment method", () => {
  it.each(owners)("invoice %s, subscription %s, customer %s → %s", async (onInvoice, onSubscription, _own, brand) => {
    await inWorld(async (world) => {
      const { stripe, customer } = world;
      const mastercard = await stripe.paymentMethods.attach("pm_card_mastercard", { customer });
      const amex = await stripe.paymentMethods.attach("pm_card_amex", { customer });
      const own = onSubscription ? { default_payment_method: amex.id } : {};
      const { id } = await subscribe(world, own);
      await world.stage.advanceTo("2026-05-01T00:00:00Z");
      const draft = await latestOf(world, id);
      if (onInvoice) await stripe.invoices.update(draft.id, { default_payment_method: mastercard.id });
      await world.stage.advanceBy(hour);
      const [charge] = (await stripe.charges.list({ customer })).data;
      expect(charge?.payment_method_details?.card?.brand).toBe(brand);
    });
  });
});

type Verb = "finalize" | "pay" | "void" | "mark_uncollectible" | "delete" | "send";
const verbs: Record<Verb, (world: World, id: string) => Promise<unknown>> = {
  finalize: ({ stripe }, id) => stripe.invoices.finalizeInvoice(id, { auto_advance: false }),
  pay: ({ stripe }, id) => stripe.invoices.pay(id),
  void: ({ stripe }, id) => stripe.invoices.voidInvoice(id),
  mark_uncollectible: ({ stripe }, id) => stripe.invoices.markUncollectible(id),
  delete: ({ stripe }, id) => stripe.invoices.del(id),
  send: ({ stripe }, id) => stripe.invoices.sendInvoice(id),
};
const reach: Record<string, Verb[]> = {
  draft: [],
  open: ["finalize"],
  paid: ["finalize", "pay"],
  void: ["finalize", "void"],
  uncollectible: ["finalize", "mark_uncollectible"],
};
/** What each verb makes of an invoice in each status; null when it is refused. */
const fates: Record<string, Record<Exclude<Verb, "send">, string | null>> = {
  draft: { finalize: "open", pay: "paid", void: null, mark_uncollectible: null, delete: "deleted" },
  open: { finalize: null, pay: "paid", void: "void", mark_uncollectible: "uncollectible", delete: null },
  paid: { finalize: null, pay: null, void: null, mark_uncollectible: null, delete: null },
  void: { finalize: null, pay: null, void: null, mark_uncollectible: null, delete: null },
  uncollectible: { finalize: null, pay: "paid", void: "void", mark_uncollectible: null, delete: null },
};

describe("what an invoice may become", () => {
  it.each(Object.entries(fates))("%s", async (status, row) => {
    await inWorld(async (world) => {
      for (const [verb, fate] of Object.entries(row)) {
        const id = await draftOf(world, 1_000);
        for (const step of reach[status] ?? []) await verbs[step](world, id);
        const act = verbs[verb as Verb](world, id);
        if (fate === null) expect([verb, await refusal(act)]).toMatchObject([verb, { statusCode: 400 }]);
        else await act;
        if (fate !== "deleted") {
          expect([verb, (await world.stripe.invoices.retrieve(id)).status]).toEqual([verb, fate ?? status]);
        }
      }
    });
  });

  it("a subscription's draft cannot be deleted", async () => {
    await inWorld(async (world) => {
      const { id } = await subscribe(world);
      await world.stage.advanceTo("2026-05-01T00:00:00Z");
      const draft = await latestOf(world, id);
      expect(await refusal(world.stripe.invoices.del(draft.id))).toMatchObject({ statusCode: 400 });
      const manual = await draftOf(world, 100, { subscription: id });
      expect(await refusal(world.stripe.invoices.del(manual))).toMatchObject({ statusCode: 400 });
    });
  });
});

describe("paying", () => {
  it("takes another card for once, is off-session unless told otherwise, or happens elsewhere", async () => {
    await inWorld(async (world) => {
      const { stripe, customer } = world;
      const { id: asks } = await stripe.paymentMethods.attach("pm_card_authenticationRequired", { customer });
      const first = await openOf(world);
      expect(await refusal(stripe.invoices.pay(first, { payment_method: asks }))).toMatchObject({
        statusCode: 402,
        code: "authentication_required",
      });
      expect(await refusal(stripe.invoices.pay(first, { payment_method: asks, off_session: false }))).toMatchObject({
        statusCode: 402,
        code: "invoice_payment_intent_requires_action",
      });
      await world.heard();
      const paid = await stripe.invoices.pay(first, { paid_out_of_band: true, expand: ["payments"] });
      expect(paid).toMatchObject({ status: "paid", attempted: true });
      expect((await stripe.paymentIntents.retrieve(intentOf(paid))).status).toBe("canceled");
      const types = (await world.heard()).map(({ type }) => type);
      expect(types).toContain("invoice.paid");
      expect(types).not.toContain("invoice.payment_succeeded");
    });
  });
});
