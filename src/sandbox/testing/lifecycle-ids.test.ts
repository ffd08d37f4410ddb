/** The ids of everything: prefix and length as a table, held against what a life full of events leaves behind. */
import { expect, it } from "vitest";
import { day } from "../billing/test-stage";
import type { CollectionName } from "../store/transaction";
import { control, giveCard, intentOf, inWorld, latestOf, subscribe, type World } from "./lifecycle";

const long = "1[0-9A-Za-z]{23}";
const short = "[0-9A-Za-z]{14}";

/** Collection, and what the ids of its records look like. */
const shapes: ReadonlyArray<readonly [CollectionName, string]> = [
  ["customer", `cus_${short}`],
  ["payment_method", `(pm|card)_${long}`],
  ["setup_intent", `seti_${long}`],
  ["payment_intent", `pi_${long}`],
  ["mandate", `mandate_${long}`],
  ["confirmation_token", `ctoken_${long}`],
  ["charge", `(ch|py)_${long}`],
  ["refund", `(re|pyr)_${long}`],
  ["dispute", `(dp|du)_${long}`],
  ["balance_transaction", `txn_${long}`],
  ["product", `prod_${short}`],
  ["price", `price_${long}`],
  ["tax_rate", `txr_${long}`],
  ["tax_id", `txi_${long}`],
  ["coupon", "[0-9A-Za-z]{8}"],
  ["promotion_code", `promo_${long}`],
  ["discount", `di_${long}`],
  ["subscription", `sub_${long}`],
  ["subscription_item", `si_${short}`],
  ["subscription_schedule", `sub_sched_${long}`],
  ["invoice", `in_${long}`],
  ["invoice_line", `il_${long}`],
  ["invoiceitem", `ii_${long}`],
  ["invoice_payment", `inpay_${long}`],
  ["credit_note", `cn_${long}`],
  ["customer_balance_transaction", `cbtxn_${long}`],
  ["event", `evt_${long}`],
  ["webhook_endpoint", `we_${long}`],
  ["test_clock", `clock_${long}`],
  ["checkout_session", "cs_test_[0-9A-Za-z]{58}"],
  ["portal_session", `bps_${long}`],
  ["portal_configuration", `bpc_${long}`],
];

/** A little of everything. */
async function live(world: World): Promise<void> {
  const { stripe, customer } = world;
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: "forever" });
  await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: coupon.id } });
  const rate = await stripe.taxRates.create({ display_name: "Tax", inclusive: false, percentage: 8 });
  await stripe.customers.createTaxId(customer, { type: "eu_vat", value: "DE123456789" });
  await stripe.webhookEndpoints.create({ url: "http://127.0.0.1:9/hook", enabled_events: ["customer.deleted"] });
  await stripe.testHelpers.testClocks.create({ frozen_time: world.stage.now() });
  await stripe.billingPortal.sessions.create({ customer });
  await stripe.checkout.sessions.create({ customer, mode: "setup", currency: "usd", success_url: "http://127.0.0.1/" });
  await stripe.setupIntents.create({ customer, payment_method: "pm_usBankAccount_success", confirm: true });
  await stripe.testHelpers.confirmationTokens.create({ payment_method: "pm_card_visa" });
  const { id } = await subscribe(world, { discounts: [{ coupon: coupon.id }], default_tax_rates: [rate.id] });
  await stripe.subscriptionSchedules.create({ from_subscription: id });
  const invoice = await latestOf(world, id);
  await stripe.creditNotes.create({ invoice: invoice.id, amount: 500, refund_amount: 300, credit_amount: 200 });
  const [charge] = (await stripe.charges.list({ customer })).data;
  await control(world, `/charges/${charge?.id}/dispute`, {});
  await stripe.invoiceItems.create({ customer, amount: 100, currency: "usd" });
  const bank = await giveCard(world, "pm_usBankAccount_success");
  const debit = await stripe.paymentIntents.create({
    customer,
    amount: 500,
    currency: "usd",
    payment_method: bank,
    confirm: true,
    off_session: true,
  });
  await world.stage.advanceBy(6 * day);
  await stripe.refunds.create({ payment_intent: debit.id });
}

it("have their kind's prefix and length", async () => {
  await inWorld(async (world) => {
    await live(world);
    const { store } = world.stage.sandbox;
    const wrong = shapes.flatMap(([kind, shape]) => {
      const ids = [...store.records(kind)].map(({ id }) => id);
      if (ids.length === 0) return [`no ${kind}`];
      return ids.filter((id) => !new RegExp(`^${shape}$`).test(id)).map((id) => `${kind} ${id}`);
    });
    expect(wrong).toEqual([]);
  });
});

it("of secrets begin with what they open", async () => {
  await inWorld(async (world) => {
    const { stripe, customer } = world;
    const setup = await stripe.setupIntents.create({ customer });
    expect(setup.client_secret).toMatch(new RegExp(`^${setup.id}_secret_[0-9A-Za-z]{25}$`));
    const { id } = await subscribe(world, { payment_behavior: "default_incomplete" });
    const invoice = await latestOf(world, id);
    const intent = intentOf(invoice);
    expect(invoice.confirmation_secret?.client_secret).toMatch(new RegExp(`^${intent}_secret_[0-9A-Za-z]{25}$`));
    const endpoint = await stripe.webhookEndpoints.create({ url: "http://127.0.0.1:9/hook", enabled_events: ["*"] });
    expect(endpoint.secret).toMatch(/^whsec_[0-9A-Za-z]{32}$/);
    expect((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret).toBeUndefined();
  });
});

it("of previews are no records'", async () => {
  await inWorld(async (world) => {
    const { id } = await subscribe(world);
    const preview = await world.stripe.invoices.createPreview({ subscription: id });
    expect(preview.id).toMatch(/^upcoming_in_[0-9A-Za-z]{24}$/);
    expect(preview).toMatchObject({ billing_reason: "upcoming", status: "draft", number: null });
    for (const line of preview.lines.data) expect(line.id).toMatch(/^il_tmp_/);
    await world.heard();
    await world.stage.advanceTo("2026-04-30T23:00:00Z");
    const [upcoming] = (await world.heard()).filter(({ type }) => type === "invoice.upcoming");
    expect(upcoming?.data.object).not.toHaveProperty("id", expect.stringMatching(/^in_/));
    expect(upcoming?.data.object).toMatchObject({ billing_reason: "upcoming", total: 10_000 });
  });
});
