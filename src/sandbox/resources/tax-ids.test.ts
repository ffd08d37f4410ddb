import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Stage, startStage } from "../billing/test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-05-01T00:00:00Z");
});
afterAll(() => stage.close());

describe("tax ids", () => {
  it("are checked by their type, with the country they name", async () => {
    const { customers } = stage.stripe;
    const { id } = await customers.create({ tax_id_data: [{ type: "gb_vat", value: "GB123456789" }] });
    for (const [type, value] of [
      ["eu_vat", "DE12345678"],
      ["eu_vat", "ZZ123456789"],
      ["us_ein", "12-34567"],
      ["ch_vat", "CHE-123.456.789"],
    ] as const) {
      await expect(customers.createTaxId(id, { type, value })).rejects.toMatchObject({
        code: "tax_id_invalid",
        param: "value",
      });
    }
    const greek = await customers.createTaxId(id, { type: "eu_vat", value: "el123456789" });
    expect(greek).toMatchObject({ country: "GR", owner: { type: "customer", customer: id } });
    const { tax_ids: taxIds } = (await customers.retrieve(id, { expand: ["tax_ids"] })) as Stripe.Customer;
    expect(taxIds?.data.map((one) => one.type)).toEqual(["eu_vat", "gb_vat"]);
    const invoice = await stage.stripe.invoices.create({ customer: id });
    expect(invoice.customer_tax_ids).toEqual([
      { type: "eu_vat", value: "el123456789" },
      { type: "gb_vat", value: "GB123456789" },
    ]);
    await customers.deleteTaxId(id, greek.id);
    await expect(customers.retrieveTaxId(id, greek.id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(customers.create({ tax_id_data: [{ type: "eu_vat", value: "?" }] })).rejects.toMatchObject({
      param: "tax_id_data[0][value]",
    });
  });

  it("are verified by the test numbers, a moment later", async () => {
    const { customers } = stage.stripe;
    const { id } = await customers.create();
    const made = await Promise.all(
      ["DE000000000", "DE111111111", "222222222", "DE123456789"].map((value) =>
        customers.createTaxId(id, { type: "eu_vat", value }),
      ),
    );
    expect(made.map((one) => one.verification?.status)).toEqual(["pending", "pending", "pending", "unavailable"]);
    await stage.events();
    await stage.advanceBy(10);
    const { data } = await customers.listTaxIds(id);
    const statusOf = new Map(data.map((one) => [one.value, one.verification?.status]));
    expect(statusOf).toEqual(
      new Map([
        ["DE123456789", "unavailable"],
        ["222222222", "pending"],
        ["DE111111111", "unverified"],
        ["DE000000000", "verified"],
      ]),
    );
    expect(await stage.events()).toEqual(["customer.tax_id.updated", "customer.tax_id.updated"]);
  });

  it("belong to the account when they have no customer", async () => {
    const own = await stage.stripe.taxIds.create({ type: "us_ein", value: "12-3456789" });
    expect(own).toMatchObject({ owner: { type: "self" }, customer: null, verification: null });
    expect((await stage.stripe.taxIds.list()).data.map(({ id }) => id)).toEqual([own.id]);
    expect(await stage.stripe.taxIds.del(own.id)).toMatchObject({ deleted: true });
  });
});

describe("balance transactions", () => {
  it("are read one by one, annotated, and never another customer's", async () => {
    const { customers } = stage.stripe;
    const [one, other] = [await customers.create(), await customers.create()];
    const made = await customers.createBalanceTransaction(one.id, { amount: -500, currency: "usd" });
    expect((await customers.retrieve(one.id)) as Stripe.Customer).toMatchObject({ balance: -500, currency: "usd" });
    const noted = await customers.updateBalanceTransaction(one.id, made.id, {
      description: "Gift",
      metadata: { by: "ada" },
    });
    expect(noted).toMatchObject({ description: "Gift", metadata: { by: "ada" }, ending_balance: -500 });
    expect(await customers.retrieveBalanceTransaction(one.id, made.id)).toEqual(noted);
    await expect(customers.retrieveBalanceTransaction(other.id, made.id)).rejects.toMatchObject({ statusCode: 404 });
    expect((await customers.listBalanceTransactions(one.id, { invoice: "in_none" })).data).toEqual([]);
  });
});
