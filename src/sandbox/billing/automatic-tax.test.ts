import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, day, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-03-01T00:00:00Z");
});
afterAll(() => stage.close());

const automatic = { automatic_tax: { enabled: true } };
const newYork = { country: "US", postal_code: "10001", state: "NY", city: "New York", line1: "1 Main Street" };
const berlin = { country: "DE", postal_code: "10115", city: "Berlin", line1: "Hauptstr. 1" };

const moveTo = (seconds: number) => stage.advanceTo(new Date(seconds * 1_000).toISOString());

async function customerAt(
  address: Stripe.AddressParam | null,
  more: Stripe.CustomerUpdateParams = {},
): Promise<Stripe.Customer> {
  const customer = await customerWithCard(stage);
  return stage.stripe.customers.update(customer.id, { ...(address ? { address } : {}), ...more });
}

/** Amount, base and reason of each tax, with the kind of its rate. */
const taxes = (of: { taxes: Stripe.InvoiceLineItem.Tax[] | null } | undefined) =>
  (of?.taxes ?? []).map((tax) => [tax.amount, tax.taxable_amount, tax.taxability_reason]);

const totals = (invoice: Stripe.Invoice) => [invoice.subtotal, invoice.total_excluding_tax, invoice.total];

/** What a preview and the invoice it announced must have in common. */
const money = (invoice: Stripe.Invoice) => ({
  automatic_tax: invoice.automatic_tax,
  lines: invoice.lines.data.map(({ amount, description, taxes: own, discount_amounts: off }) => ({
    amount,
    description,
    own,
    off,
  })),
  subtotal: invoice.subtotal,
  total: invoice.total,
  total_excluding_tax: invoice.total_excluding_tax,
  total_taxes: invoice.total_taxes,
  amount_due: invoice.amount_due,
});

describe("automatic tax on a subscription", () => {
  it("taxes each renewal where the customer then is", async () => {
    const price = await priceOf(stage, 10_000);
    const customer = await customerAt(newYork);
    const preview = await stage.stripe.invoices.createPreview({
      customer: customer.id,
      subscription_details: { items: [{ price: price.id }] },
      ...automatic,
    });
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      ...automatic,
    });
    const end = items.data[0]?.current_period_end ?? 0;
    const first = await latestInvoice(stage, id);
    expect(first).toMatchObject({
      status: "paid",
      automatic_tax: { enabled: true, status: "complete", provider: "stripe", liability: { type: "self" } },
    });
    expect([totals(first), taxes(first.lines.data[0])]).toEqual([
      [10_000, 10_000, 10_400],
      [[400, 10_000, "standard_rated"]],
    ]);
    expect(money(preview)).toEqual(money(first));

    const rateId = first.total_taxes?.[0]?.tax_rate_details?.tax_rate ?? "";
    expect(await stage.stripe.taxRates.retrieve(rateId)).toMatchObject({
      active: false,
      country: "US",
      state: "NY",
      jurisdiction: "New York",
      jurisdiction_level: "state",
      percentage: 4,
      effective_percentage: 4,
      tax_type: "sales_tax",
      inclusive: false,
    });
    expect((await stage.stripe.taxRates.list()).data.map((rate) => rate.id)).not.toContain(rateId);
    expect((await stage.stripe.taxRates.list({ active: false })).data.map((rate) => rate.id)).toContain(rateId);

    await stage.stripe.customers.update(customer.id, { address: berlin });
    const upcoming = await stage.stripe.invoices.createPreview({ subscription: id });
    await moveTo(end);
    const draft = await latestInvoice(stage, id);
    expect([draft.status, draft.total]).toEqual(["draft", 11_900]);
    // Moving on while the invoice is a draft moves its taxes too.
    await stage.stripe.customers.update(customer.id, { address: { country: "GB", postal_code: "SW1A 1AA" } });
    expect((await latestInvoice(stage, id)).total).toBe(12_000);
    await stage.stripe.customers.update(customer.id, { address: berlin });
    await moveTo(end + 3_600);
    const second = await latestInvoice(stage, id);
    expect([second.status, second.amount_paid, second.customer_address?.country]).toEqual(["paid", 11_900, "DE"]);
    expect(money(upcoming)).toEqual(money(second));

    // What was finalised stays as it was taxed.
    expect((await stage.stripe.invoices.retrieve(first.id)).total).toBe(10_400);
  });

  it("carries negative tax on credits, and taxes what discounts leave", async () => {
    const [small, large] = [await priceOf(stage, 1_000), await priceOf(stage, 2_000)];
    const customer = await customerAt(berlin);
    const coupon = await stage.stripe.coupons.create({ percent_off: 50, duration: "forever" });
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: small.id }],
      discounts: [{ coupon: coupon.id }],
      ...automatic,
    });
    const first = await latestInvoice(stage, id);
    expect([totals(first), taxes(first.lines.data[0])]).toEqual([[1_000, 500, 595], [[95, 500, "standard_rated"]]]);
    const item = items.data[0];
    await stage.advanceBy(((item?.current_period_end ?? 0) - (item?.current_period_start ?? 0)) / 2);
    const change = {
      items: [{ id: item?.id ?? "", price: large.id }],
      proration_behavior: "always_invoice" as const,
      proration_date: stage.now(),
    };
    const preview = await stage.stripe.invoices.createPreview({ subscription: id, subscription_details: change });
    await stage.stripe.subscriptions.update(id, change);
    const invoice = await latestInvoice(stage, id);
    const lines = invoice.lines.data.map((line) => [line.amount, ...taxes(line)]);
    expect(lines).toEqual([
      [500, [95, 500, "standard_rated"]],
      [-250, [-48, -250, "standard_rated"]],
    ]);
    expect([invoice.subtotal, invoice.total]).toEqual([250, 297]);
    expect(money(preview)).toEqual(money(invoice));
  });

  it("finds inclusive taxes inside, and keeps the total when there are none", async () => {
    const price = await stage.stripe.prices.create({
      currency: "eur",
      unit_amount: 11_900,
      tax_behavior: "inclusive",
      recurring: { interval: "month" },
      product_data: { name: "Inclusive" },
    });
    const expected: Array<[Stripe.CustomerUpdateParams, number[], unknown[]]> = [
      [{}, [11_900, 10_000, 11_900], [1_900, 10_000, "standard_rated"]],
      [{ tax_exempt: "exempt" }, [11_900, 11_900, 11_900], [0, 0, "customer_exempt"]],
      [{ tax_exempt: "reverse" }, [11_900, 11_900, 11_900], [0, 0, "reverse_charge"]],
    ];
    for (const [more, sums, entry] of expected) {
      const customer = await customerAt(berlin, more);
      const { id } = await stage.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        ...automatic,
      });
      const invoice = await latestInvoice(stage, id);
      expect([totals(invoice), taxes(invoice.lines.data[0])]).toEqual([sums, [entry]]);
      expect(invoice.total_taxes?.[0]?.tax_behavior).toBe("inclusive");
    }
  });

  it("reverses the charge for a business elsewhere, until its id is found to be wrong", async () => {
    const price = await priceOf(stage, 10_000);
    const totalFor = async (value: string) => {
      const customer = await customerAt(berlin);
      await stage.stripe.customers.createTaxId(customer.id, { type: "eu_vat", value });
      await stage.advanceBy(10);
      const { id } = await stage.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        ...automatic,
      });
      return (await latestInvoice(stage, id)).total;
    };
    expect(await totalFor("DE000000000")).toBe(10_000);
    expect(await totalFor("DE111111111")).toBe(11_900);
  });

  it("follows the product's tax code and the rates of both taxes of a place", async () => {
    const exempt = await stage.stripe.prices.create({
      currency: "usd",
      unit_amount: 5_000,
      recurring: { interval: "month" },
      product_data: { name: "Nontaxable", tax_code: "txcd_00000000" },
    });
    const plain = await priceOf(stage, 10_000);
    const customer = await customerAt({ country: "CA", postal_code: "H2X 1Y4" });
    const { id } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: plain.id }, { price: exempt.id }],
      ...automatic,
    });
    const invoice = await latestInvoice(stage, id);
    expect(invoice.lines.data.map(taxes)).toEqual([
      [
        [0, 0, "not_collecting"],
        [0, 0, "not_collecting"],
      ],
      [
        [500, 10_000, "standard_rated"],
        [998, 10_000, "standard_rated"],
      ],
    ]);
    expect(invoice.total).toBe(16_498);
  });

  it("is turned on and off by an update, and by the phases of a schedule", async () => {
    const price = await priceOf(stage, 1_000);
    const customer = await customerAt(berlin);
    const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    const total = async () => (await stage.stripe.invoices.createPreview({ subscription: id })).total;
    expect(await total()).toBe(1_000);
    expect((await stage.stripe.invoices.createPreview({ subscription: id, ...automatic })).total).toBe(1_190);
    const on = await stage.stripe.subscriptions.update(id, automatic);
    expect([on.automatic_tax, await total()]).toEqual([
      { disabled_reason: null, enabled: true, liability: { type: "self" } },
      1_190,
    ]);
    const listed = await stage.stripe.subscriptions.list({ customer: customer.id, ...automatic });
    expect(listed.data.map((one) => one.id)).toEqual([id]);
    await stage.stripe.subscriptions.update(id, { automatic_tax: { enabled: false } });
    expect(await total()).toBe(1_000);

    const phase = { items: [{ price: price.id }], duration: { interval: "month" as const } };
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      default_settings: automatic,
      phases: [phase, { ...phase, automatic_tax: { enabled: false } }],
    });
    expect(schedule.default_settings.automatic_tax?.enabled).toBe(true);
    const scheduled = String(schedule.subscription);
    expect((await latestInvoice(stage, scheduled)).total).toBe(1_190);
    await moveTo((schedule.phases[0]?.end_date ?? 0) + day);
    expect((await latestInvoice(stage, scheduled)).total).toBe(1_000);
    expect((await stage.stripe.subscriptions.retrieve(scheduled)).automatic_tax.enabled).toBe(false);
  });

  it("does not mix with rates chosen by hand", async () => {
    const price = await priceOf(stage, 1_000);
    const rate = await stage.stripe.taxRates.create({ display_name: "VAT", inclusive: false, percentage: 5 });
    const customer = await customerAt(berlin);
    const create = (more: Partial<Stripe.SubscriptionCreateParams>) =>
      stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], ...more });
    await expect(create({ default_tax_rates: [rate.id], ...automatic })).rejects.toMatchObject({
      statusCode: 400,
      param: "default_tax_rates",
    });
    await expect(create({ items: [{ price: price.id, tax_rates: [rate.id] }], ...automatic })).rejects.toMatchObject({
      statusCode: 400,
      param: "items[0][tax_rates]",
    });
    const manual = await create({ default_tax_rates: [rate.id] });
    await expect(stage.stripe.subscriptions.update(manual.id, automatic)).rejects.toMatchObject({ statusCode: 400 });
    await stage.stripe.subscriptions.update(manual.id, { default_tax_rates: "", ...automatic });
    await expect(stage.stripe.subscriptions.update(manual.id, { default_tax_rates: [rate.id] })).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(create({ automatic_tax: { enabled: true, liability: { type: "account" } } })).rejects.toMatchObject({
      statusCode: 501,
    });
  });
});

describe("previews for somebody else", () => {
  it("take the details given in place of the customer's, and store nothing of them", async () => {
    const price = await priceOf(stage, 10_000);
    const customer = await customerAt(newYork);
    const totalWith = async (details: Stripe.InvoiceCreatePreviewParams.CustomerDetails) => {
      const preview = await stage.stripe.invoices.createPreview({
        customer: customer.id,
        customer_details: details,
        subscription_details: { items: [{ price: price.id }] },
        ...automatic,
      });
      return preview.total;
    };
    expect(await totalWith({})).toBe(10_400);
    expect(await totalWith({ address: berlin })).toBe(11_900);
    expect(await totalWith({ address: berlin, tax_ids: [{ type: "eu_vat", value: "DE123456789" }] })).toBe(10_000);
    expect(await totalWith({ shipping: { name: "Ada", address: { country: "GB" } } })).toBe(12_000);
    expect(await totalWith({ tax_exempt: "exempt" })).toBe(10_000);
    expect(await totalWith({ address: "", tax: { ip_address: "203.0.113.9" } })).toBe(12_000);
    expect(await stage.stripe.customers.retrieve(customer.id, { expand: ["tax_ids"] })).toMatchObject({
      address: { country: "US" },
      tax_exempt: "none",
      tax_ids: { data: [] },
    });
  });

  it("need no customer at all", async () => {
    const price = await priceOf(stage, 10_000);
    const preview = await stage.stripe.invoices.createPreview({
      currency: "usd",
      customer_details: { address: berlin },
      subscription_details: { items: [{ price: price.id }] },
      ...automatic,
    });
    expect([preview.total, preview.customer]).toEqual([11_900, null]);
    const french = await stage.stripe.invoices.createPreview({
      customer_details: { address: { country: "FR" } },
      subscription_details: { items: [{ price: price.id }] },
      ...automatic,
    });
    const rate = french.total_taxes?.[0]?.tax_rate_details?.tax_rate ?? "";
    expect(await stage.stripe.taxRates.retrieve(rate)).toMatchObject({ country: "FR", percentage: 20 });
    const nowhere = await stage.stripe.invoices.createPreview({
      customer_details: { address: { country: "US", state: "NY" } },
      subscription_details: { items: [{ price: price.id }] },
      ...automatic,
    });
    expect([nowhere.total, nowhere.automatic_tax.status]).toEqual([10_000, "requires_location_inputs"]);
  });
});

describe("a credit note over an invoice whose taxes were calculated", () => {
  it("has its part of them inside the amount, and lets nobody state them", async () => {
    const customer = await customerAt(berlin);
    const price = await priceOf(stage, 10_000);
    const subscription = await stage.stripe.subscriptions.create({
      ...{ customer: customer.id, items: [{ price: price.id }], ...automatic },
    });
    const { id: invoice } = await latestInvoice(stage, subscription.id);
    const custom = { type: "custom_line_item" as const, description: "By hand", quantity: 1, unit_amount: 100 };
    await expect(
      stage.stripe.creditNotes.create({ invoice, lines: [custom], out_of_band_amount: 100 }),
    ).rejects.toMatchObject({ statusCode: 400, param: "lines[0][type]" });
    const notes = [];
    for (const amount of [3_333, 3_333, 5_234]) {
      notes.push(await stage.stripe.creditNotes.create({ invoice, amount, refund_amount: amount }));
    }
    // 19 % of 100.00 in three parts, and not a cent more.
    expect(notes.map(({ total, total_excluding_tax: net }) => [total, total - (net ?? 0)])).toEqual([
      [3_333, 532],
      [3_333, 532],
      [5_234, 836],
    ]);
  });
});
