import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, latestInvoice, priceOf, type Stage, startStage } from "../billing/test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-03-01T00:00:00Z");
});
afterAll(() => stage.close());

const automatic = { automatic_tax: { enabled: true } };
const berlin = { country: "DE", postal_code: "10115" };
const invalid = { statusCode: 400, code: "customer_tax_location_invalid" };

const taxOf = async (id: string) => {
  const customer = await stage.stripe.customers.retrieve(id, { expand: ["tax"] });
  return "deleted" in customer ? undefined : customer.tax;
};

describe("where a customer is", () => {
  it.each<[string, Stripe.CustomerCreateParams, string, unknown]>([
    ["nothing known", {}, "unrecognized_location", null],
    ["its address", { address: berlin }, "supported", { country: "DE", source: "billing_address", state: null }],
    [
      "where goods go comes first",
      { address: berlin, shipping: { name: "Ada", address: { country: "US", postal_code: "10001" } } },
      "supported",
      { country: "US", source: "shipping_destination", state: "NY" },
    ],
    ["not precise enough", { address: { country: "US", state: "NY" } }, "unrecognized_location", null],
    [
      "nowhere registered",
      { address: { country: "BR" } },
      "not_collecting",
      { country: "BR", source: "billing_address", state: null },
    ],
    [
      "the network address",
      { tax: { ip_address: "203.0.113.5" } },
      "supported",
      { country: "GB", source: "ip_address", state: null },
    ],
  ])("%s", async (_name, params, status, location) => {
    const customer = await stage.stripe.customers.create(params);
    expect(customer.tax).toBeUndefined();
    expect(await taxOf(customer.id)).toEqual({
      automatic_tax: status,
      ip_address: params.tax?.ip_address ?? null,
      location,
      provider: "stripe",
    });
  });

  it("the default payment method's billing address, completed by the card", async () => {
    const customer = await customerWithCard(stage);
    expect((await taxOf(customer.id))?.automatic_tax).toBe("unrecognized_location");
    const method = String(customer.invoice_settings.default_payment_method);
    await stage.stripe.paymentMethods.update(method, { billing_details: { address: { postal_code: "98101" } } });
    expect((await taxOf(customer.id))?.location).toEqual({ country: "US", source: "payment_method", state: "WA" });
  });

  it("is checked when asked for, and nothing stays of what is refused", async () => {
    await expect(
      stage.stripe.customers.create({ email: "no@example.com", tax: { validate_location: "immediately" } }),
    ).rejects.toMatchObject(invalid);
    expect((await stage.stripe.customers.list({ email: "no@example.com" })).data).toEqual([]);
    const customer = await stage.stripe.customers.create({
      address: berlin,
      tax: { ip_address: "198.51.100.1", validate_location: "immediately" },
    });
    await expect(
      stage.stripe.customers.update(customer.id, {
        address: { country: "US" },
        tax: { validate_location: "immediately" },
      }),
    ).rejects.toMatchObject(invalid);
    await stage.stripe.customers.update(customer.id, { address: { country: "US" } });
    await stage.stripe.customers.update(customer.id, { address: "", tax: { ip_address: "" } });
    expect(await taxOf(customer.id)).toMatchObject({ automatic_tax: "unrecognized_location", ip_address: null });
  });
});

describe("a missing location", () => {
  it("refuses to turn automatic tax on, and to take the address of a taxed subscription away", async () => {
    const price = await priceOf(stage, 1_000);
    const customer = await customerWithCard(stage);
    const params = { customer: customer.id, items: [{ price: price.id }] };
    await expect(stage.stripe.subscriptions.create({ ...params, ...automatic })).rejects.toMatchObject(invalid);
    const { id } = await stage.stripe.subscriptions.create(params);
    await expect(stage.stripe.subscriptions.update(id, automatic)).rejects.toMatchObject(invalid);
    await stage.stripe.customers.update(customer.id, { address: berlin });
    await stage.stripe.subscriptions.update(id, automatic);
    await expect(stage.stripe.customers.update(customer.id, { address: "" })).rejects.toMatchObject(invalid);
    await stage.stripe.customers.update(customer.id, { name: "Ada L." });
  });

  it("lets a renewal be finalised without taxes, turned off on both", async () => {
    const price = await priceOf(stage, 1_000);
    const customer = await customerWithCard(stage);
    await stage.stripe.customers.update(customer.id, { address: berlin });
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      ...automatic,
    });
    await stage.stripe.customers.update(customer.id, { address: "", tax: { validate_location: "deferred" } });
    const end = items.data[0]?.current_period_end ?? 0;
    await stage.advanceTo(new Date(end * 1_000).toISOString());
    const draft = await latestInvoice(stage, id);
    expect(draft.automatic_tax.status).toBe("requires_location_inputs");
    // By hand it is refused; its own hour goes on.
    await expect(stage.stripe.invoices.finalizeInvoice(draft.id)).rejects.toMatchObject(invalid);
    await stage.events();
    await stage.advanceBy(3_600);
    const invoice = await latestInvoice(stage, id);
    expect([invoice.status, invoice.total, invoice.automatic_tax]).toEqual([
      "paid",
      1_000,
      {
        disabled_reason: "finalization_requires_location_inputs",
        enabled: false,
        liability: null,
        provider: null,
        status: "requires_location_inputs",
      },
    ]);
    expect((await stage.stripe.subscriptions.retrieve(id)).automatic_tax).toEqual({
      disabled_reason: "requires_location_inputs",
      enabled: false,
      liability: null,
    });
    expect(await stage.events("customer.subscription")).toEqual(["customer.subscription.updated"]);
  });

  it("is turned off on the schedule of a subscription too", async () => {
    const price = await priceOf(stage, 1_000);
    const customer = await customerWithCard(stage);
    await stage.stripe.customers.update(customer.id, { address: berlin });
    const phase = { items: [{ price: price.id }], duration: { interval: "month" as const, interval_count: 3 } };
    const params = { customer: customer.id, start_date: "now" as const, default_settings: automatic, phases: [phase] };
    const schedule = await stage.stripe.subscriptionSchedules.create(params);
    const nobody = await stage.stripe.customers.create();
    await expect(stage.stripe.subscriptionSchedules.create({ ...params, customer: nobody.id })).rejects.toMatchObject(
      invalid,
    );
    await stage.stripe.customers.update(customer.id, { address: "", tax: { validate_location: "deferred" } });
    await stage.advanceBy(32 * 86_400);
    const disabled = { disabled_reason: "requires_location_inputs", enabled: false, liability: null };
    const { default_settings: settings, phases } = await stage.stripe.subscriptionSchedules.retrieve(schedule.id);
    expect([settings.automatic_tax, phases[0]?.automatic_tax]).toEqual([disabled, disabled]);
    const subscription = await stage.stripe.subscriptions.retrieve(String(schedule.subscription));
    expect(subscription.automatic_tax).toEqual(disabled);
  });

  it("stops a one-off invoice, which is tried again when the address comes", async () => {
    const customer = await customerWithCard(stage);
    const invoice = await stage.stripe.invoices.create({ customer: customer.id, auto_advance: true, ...automatic });
    await stage.stripe.invoiceItems.create({ customer: customer.id, invoice: invoice.id, amount: 10_000 });
    await stage.events();
    await stage.advanceBy(3_600);
    expect(await stage.events()).toEqual(["invoice.finalization_failed"]);
    const failed = await stage.stripe.invoices.retrieve(invoice.id);
    expect(failed).toMatchObject({
      status: "draft",
      automatic_tax: { enabled: true, status: "requires_location_inputs", disabled_reason: null },
      last_finalization_error: { type: "invalid_request_error", code: "customer_tax_location_invalid" },
    });
    await expect(stage.stripe.invoices.finalizeInvoice(invoice.id)).rejects.toMatchObject(invalid);
    expect(await stage.events()).toEqual(["invoice.finalization_failed"]);
    await stage.stripe.customers.update(customer.id, { address: berlin });
    await stage.advanceBy(1);
    const paid = await stage.stripe.invoices.retrieve(invoice.id);
    expect(paid).toMatchObject({ status: "paid", amount_paid: 11_900, last_finalization_error: null });
    expect(paid.automatic_tax.status).toBe("complete");
  });

  it("can be done without, by turning automatic tax off", async () => {
    const customer = await customerWithCard(stage);
    const invoice = await stage.stripe.invoices.create({ customer: customer.id, ...automatic });
    await stage.stripe.invoiceItems.create({ customer: customer.id, invoice: invoice.id, amount: 10_000 });
    await expect(stage.stripe.invoices.pay(invoice.id)).rejects.toMatchObject(invalid);
    await stage.stripe.invoices.update(invoice.id, { automatic_tax: { enabled: false } });
    expect(await stage.stripe.invoices.pay(invoice.id)).toMatchObject({ status: "paid", total: 10_000 });
  });
});

describe("items of a one-off invoice", () => {
  it("say themselves what they are taxed as", async () => {
    const customer = await customerWithCard(stage);
    await stage.stripe.customers.update(customer.id, { address: berlin });
    const draft = await stage.stripe.invoices.create({ customer: customer.id, currency: "eur", ...automatic });
    const add = (more: Stripe.InvoiceItemCreateParams) =>
      stage.stripe.invoiceItems.create({ invoice: draft.id, currency: "eur", amount: 11_900, ...more });
    await add({ customer: customer.id });
    const inclusive = await add({ customer: customer.id, tax_behavior: "inclusive" });
    await add({ customer: customer.id, tax_code: "txcd_35010000" });
    const taxes = async () =>
      (await stage.stripe.invoices.retrieve(draft.id)).lines.data.map((line) => line.taxes?.[0]?.amount);
    expect(await taxes()).toEqual([2_261, 1_900, 833]);
    await stage.stripe.invoiceItems.update(inclusive.id, { tax_code: "txcd_00000000" });
    expect(await taxes()).toEqual([2_261, 0, 833]);
    const rate = await stage.stripe.taxRates.create({ display_name: "VAT", inclusive: false, percentage: 5 });
    await expect(add({ customer: customer.id, tax_rates: [rate.id] })).rejects.toMatchObject({ statusCode: 400 });
    await expect(add({ customer: customer.id, amount: -100 })).rejects.toMatchObject({ statusCode: 400 });
    await expect(stage.stripe.invoices.update(draft.id, { default_tax_rates: [rate.id] })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});

describe("what the account says", () => {
  it("lists tax codes", async () => {
    const codes = await stage.stripe.taxCodes.list({ limit: 3 });
    expect([codes.data.length, codes.has_more, codes.data[0]?.id]).toEqual([3, true, "txcd_00000000"]);
    expect(await stage.stripe.taxCodes.retrieve("txcd_10103001")).toMatchObject({
      object: "tax_code",
      requirements: null,
    });
    await expect(stage.stripe.taxCodes.retrieve("txcd_1")).rejects.toMatchObject({ statusCode: 404 });
  });

  it("collects where it is registered, and only while it is", async () => {
    const customer = await stage.stripe.customers.create({ address: { country: "US", postal_code: "43004" } });
    expect((await taxOf(customer.id))?.automatic_tax).toBe("not_collecting");
    const made = await stage.stripe.tax.registrations.create({
      active_from: "now",
      country: "US",
      country_options: { us: { state: "OH", type: "state_sales_tax" } },
    });
    expect([made.status, (await taxOf(customer.id))?.automatic_tax]).toEqual(["active", "supported"]);
    await stage.stripe.tax.registrations.update(made.id, { expires_at: stage.now() + 10 });
    await stage.advanceBy(20);
    expect((await stage.stripe.tax.registrations.retrieve(made.id)).status).toBe("expired");
    expect((await taxOf(customer.id))?.automatic_tax).toBe("not_collecting");
    const active = await stage.stripe.tax.registrations.list({ status: "active", limit: 100 });
    expect(active.data.map(({ country }) => country).sort()).toEqual(
      ["AU", "CH", "GB", "IE", "NO", ...Array(5).fill("CA"), ...Array(7).fill("US")].sort(),
    );
    const seeded = active.data.find(({ country }) => country === "GB");
    await stage.stripe.tax.registrations.update(seeded?.id ?? "", { expires_at: "now" });
    const british = await stage.stripe.customers.create({ address: { country: "GB" } });
    expect((await taxOf(british.id))?.automatic_tax).toBe("not_collecting");
    await stage.stripe.tax.registrations.update(seeded?.id ?? "", { expires_at: "" });
    expect((await taxOf(british.id))?.automatic_tax).toBe("supported");
    await expect(
      stage.stripe.tax.registrations.create({
        active_from: "now",
        country: "US",
        country_options: { us: { state: "NY", type: "state_sales_tax" } },
      }),
    ).rejects.toMatchObject({ statusCode: 400 });
  });

  it("decides what an unspecified price means, and who is abroad", async () => {
    const price = await priceOf(stage, 11_900);
    const preview = async () => {
      const { total, total_taxes: taxes } = await stage.stripe.invoices.createPreview({
        customer_details: { address: berlin, tax_ids: [{ type: "eu_vat", value: "FR12345678901" }] },
        subscription_details: { items: [{ price: price.id }] },
        ...automatic,
      });
      return [total, taxes?.[0]?.amount, taxes?.[0]?.taxability_reason];
    };
    expect(await preview()).toEqual([11_900, 0, "reverse_charge"]);
    const before = await stage.stripe.tax.settings.retrieve();
    expect([before.status, before.head_office?.address.country]).toEqual(["active", "US"]);
    await stage.stripe.tax.settings.update({
      head_office: { address: { country: "DE", postal_code: "10115", city: "Berlin", line1: "Hauptstr. 2" } },
    });
    expect(await preview()).toEqual([14_161, 2_261, "standard_rated"]);
    await stage.stripe.tax.settings.update({ defaults: { tax_behavior: "inclusive", tax_code: "txcd_35010000" } });
    expect(await preview()).toEqual([11_900, 779, "reduced_rated"]);
    await stage.stripe.tax.settings.update({ defaults: { tax_behavior: "inferred_by_currency" } });
    expect(await preview()).toEqual([12_733, 833, "reduced_rated"]);
    await expect(stage.stripe.tax.settings.update({ defaults: { tax_code: "txcd_1" } })).rejects.toMatchObject({
      statusCode: 400,
    });
  });
});

describe("a calculation on its own", () => {
  it("answers what an invoice would, line by line and in sum", async () => {
    const { stripe } = stage;
    await stripe.tax.settings.update({ defaults: { tax_behavior: "exclusive", tax_code: "txcd_10103001" } });
    const calculation = await stripe.tax.calculations.create({
      currency: "usd",
      customer_details: { address: { country: "CA", state: "QC" }, address_source: "billing" },
      line_items: [
        { amount: 10_000, reference: "plan" },
        { amount: 11_498, tax_behavior: "inclusive", metadata: { seat: "1" } },
        { amount: 5_000, tax_code: "txcd_00000000" },
      ],
      expand: ["line_items.data.tax_breakdown"],
    });
    expect(calculation).toMatchObject({
      amount_total: 10_000 + 1_498 + 11_498 + 5_000,
      tax_amount_exclusive: 1_498,
      tax_amount_inclusive: 1_498,
    });
    expect(calculation.line_items?.data.map((item) => [item.reference, item.amount_tax])).toEqual([
      ["plan", 1_498],
      ["L2", 1_498],
      ["L3", 0],
    ]);
    expect(calculation.line_items?.data[0]?.tax_breakdown?.[1]).toMatchObject({
      amount: 998,
      jurisdiction: { country: "CA", display_name: "Quebec", level: "state", state: "QC" },
      tax_rate_details: { display_name: "QST", percentage_decimal: "9.975", tax_type: "qst" },
    });
    const again = await stripe.tax.calculations.retrieve(calculation.id ?? "");
    expect([again.amount_total, again.line_items]).toEqual([calculation.amount_total, undefined]);
    expect((await stripe.tax.calculations.listLineItems(calculation.id ?? "", { limit: 1 })).has_more).toBe(true);
  });

  it("takes a customer, and needs a place", async () => {
    const customer = await stage.stripe.customers.create({ address: { country: "GB" }, tax_exempt: "reverse" });
    const line_items = [{ amount: 1_000 }];
    const known = await stage.stripe.tax.calculations.create({ currency: "gbp", customer: customer.id, line_items });
    expect([known.tax_amount_exclusive, known.tax_breakdown[0]?.taxability_reason]).toEqual([0, "reverse_charge"]);
    const office = { country: "DE", postal_code: "10115", city: "Berlin", line1: "Hauptstr. 2" };
    await stage.stripe.tax.settings.update({ head_office: { address: office } });
    const abroad = { address: { country: "DE" }, tax_ids: [{ type: "eu_vat" as const, value: "DE123456789" }] };
    const atHome = await stage.stripe.tax.calculations.create({
      currency: "eur",
      customer_details: abroad,
      line_items,
    });
    expect(atHome.tax_amount_exclusive).toBe(190);
    await expect(
      stage.stripe.tax.calculations.create({
        currency: "eur",
        customer_details: { address: { country: "US" } },
        line_items,
      }),
    ).rejects.toMatchObject(invalid);
  });
});
