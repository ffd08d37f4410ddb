/** Billing details against Stripe's sandbox: saved, repeated, refused, changed behind our back, verified in time. */
import { describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import { getBillingDetails, getTenant, type SaveBillingDetailsInput, saveBillingDetails, type Tenant } from ".";

const world = shareWorld();

const form = (tenant: Tenant, more: Partial<SaveBillingDetailsInput> = {}): SaveBillingDetailsInput => ({
  ...{ tenantId: tenant.id, legalName: "Northlight GmbH", billingEmail: "rechnung@northlight.example" },
  ...{ line1: "Hauptstr. 1", city: "Berlin", postalCode: "10115", country: "DE", phone: "+49 30 123456" },
  ...{ purchaseOrder: "PO-7", timeZone: "Europe/Berlin", taxIds: [{ type: "eu_vat", value: "de 000000000" }] },
  ...{ requestId: world.requestId(), reason: "A test" },
  ...more,
});
const changes = async (tenant: Tenant) =>
  (await listAudit(world.ctx, { tenantId: tenant.id, limit: 50 })).filter(
    (entry) => entry.action === "billing_details.change",
  );

describe("saving", () => {
  it("makes the customer, keeps everything there and here, and says which fields changed but not their values", async () => {
    const tenant = await world.tenant({ slug: "northlight", ownClock: true });
    const saved = await saveBillingDetails(world.ctx, form(tenant));
    expect(saved.changed).toEqual([
      ...["legalName", "billingEmail", "phone", "address", "taxIds", "purchaseOrder", "timeZone"],
    ]);
    const address = {
      line1: "Hauptstr. 1",
      line2: null,
      city: "Berlin",
      state: null,
      postalCode: "10115",
      country: "DE",
    };
    const common = { legalName: "Northlight GmbH", phone: "+49 30 123456", address, purchaseOrder: "PO-7" };
    expect(saved).toMatchObject({ ...common, billingEmail: "rechnung@northlight.example", timeZone: "Europe/Berlin" });
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    expect(await world.ctx.stripe.fetchBillingDetails(stripeCustomerId ?? "")).toMatchObject({
      ...common,
      taxIds: [{ type: "eu_vat", value: "DE000000000", country: "DE", status: "pending" }],
    });
    await world.drain();
    const [entry, ...others] = await changes(tenant);
    expect(others).toEqual([]);
    expect(entry?.details).toEqual({ fields: saved.changed.join(", ") });
    expect(JSON.stringify(entry)).not.toMatch(/Hauptstr|000000000/);
  });

  it("is pending until the register has answered, and then verified with the register's name", async () => {
    const tenant = await world.tenant({ ownClock: true });
    await saveBillingDetails(world.ctx, form(tenant));
    const taxIds = async () => (await getBillingDetails(world.ctx, tenant.id)).taxIds;
    expect(await taxIds()).toMatchObject([{ status: "pending", verifiedName: null }]);
    await world.advance("1 hour", await getTenant(world.ctx, tenant.id));
    expect(await taxIds()).toMatchObject([{ status: "verified", verifiedName: "TEST" }]);
    // A register's answer is no change of the tenant's.
    expect(await changes(tenant)).toHaveLength(1);
  });

  it("changes nothing when it is repeated, and only what differs afterwards", async () => {
    const tenant = await world.tenant();
    const input = form(tenant);
    await saveBillingDetails(world.ctx, input);
    const [before] = (await getBillingDetails(world.ctx, tenant.id)).taxIds;
    expect((await saveBillingDetails(world.ctx, input)).changed).toEqual([]);
    expect((await saveBillingDetails(world.ctx, { ...input, requestId: world.requestId() })).changed).toEqual([]);
    const taxIds = [{ type: "eu_vat", value: "DE136695976" }];
    const { changed } = await saveBillingDetails(world.ctx, form(tenant, { taxIds, line2: "3. Stock" }));
    expect(changed).toEqual(["address", "taxIds"]);
    const after = (await getBillingDetails(world.ctx, tenant.id)).taxIds;
    expect(after.map(({ value, status }) => [value, status])).toEqual([["DE136695976", "unavailable"]]);
    expect(after[0]?.stripeTaxId).not.toBe(before?.stripeTaxId);
    expect((await changes(tenant)).map((entry) => entry.details.fields)).toEqual([
      ...["address, taxIds", expect.stringContaining("legalName")],
    ]);
    const emptied = form(tenant, {
      phone: "",
      purchaseOrder: "",
      taxIds: [],
      line1: "",
      city: "",
      postalCode: "",
      country: "",
    });
    await saveBillingDetails(world.ctx, emptied);
    const nothing = { phone: null, purchaseOrder: null, taxIds: [], address: null };
    expect(await getBillingDetails(world.ctx, tenant.id)).toMatchObject(nothing);
  });

  it("goes on where a lost answer stopped it", async () => {
    const tenant = await world.tenant();
    const input = form(tenant);
    for (const method of ["updateBillingDetails", "addTaxId"] as const) {
      const lossy = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, method) };
      await expect(saveBillingDetails(lossy, input)).rejects.toMatchObject({ code: "stripe.unavailable" });
    }
    await saveBillingDetails(world.ctx, input);
    await world.drain();
    expect((await getBillingDetails(world.ctx, tenant.id)).taxIds).toHaveLength(1);
    const told = (await changes(tenant)).map((entry) => String(entry.details.fields)).join(", ");
    for (const field of ["legalName", "address", "taxIds", "timeZone"]) expect(told).toContain(field);
  });

  it("names every field that is wrong and touches nothing", async () => {
    const tenant = await world.tenant();
    const wrong = form(tenant, { legalName: " ", postalCode: "1", taxIds: [{ type: "eu_vat", value: "DE12" }] });
    await expect(saveBillingDetails(world.ctx, wrong)).rejects.toMatchObject({
      kind: "invalid",
      code: "billing_details.invalid",
      details: {
        legalName: expect.any(String),
        postalCode: expect.stringContaining("10115"),
        "taxIds.0": expect.stringContaining("DE136695976"),
      },
    });
    expect((await getTenant(world.ctx, tenant.id)).stripeCustomerId).toBeNull();
  });

  it("is closed to strangers", async () => {
    const tenant = await world.tenant();
    const stranger = { ...world.ctx, actor: { kind: "user", userId: "nobody", tenantId: "", label: "" } as const };
    await expect(saveBillingDetails(stranger, form(tenant))).rejects.toMatchObject({ code: "tenant.not_found" });
    await expect(getBillingDetails(stranger, tenant.id)).rejects.toMatchObject({ code: "tenant.not_found" });
  });
});

describe("a change at Stripe", () => {
  it("reaches the mirror and the audit log by webhook", async () => {
    const tenant = await world.tenant();
    await saveBillingDetails(world.ctx, form(tenant));
    await world.drain();
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const customer = await world.ctx.stripe.fetchBillingDetails(stripeCustomerId ?? "");
    const moved = { line1: "Ring 2", line2: null, city: "Wien", state: null, postalCode: "1010", country: "AT" };
    await world.ctx.stripe.updateBillingDetails(
      stripeCustomerId ?? "",
      {
        ...{ legalName: "Nordlicht GmbH", email: "neu@northlight.example", phone: null, address: moved },
        ...{ purchaseOrder: null, mustBePlaced: false },
      },
      "by-hand",
    );
    await world.ctx.stripe.removeTaxId(stripeCustomerId ?? "", customer?.taxIds[0]?.stripeTaxId ?? "");
    await world.drain();
    expect(await getBillingDetails(world.ctx, tenant.id)).toMatchObject({
      ...{
        legalName: "Nordlicht GmbH",
        billingEmail: "neu@northlight.example",
        phone: null,
        address: moved,
        taxIds: [],
      },
    });
    expect((await getTenant(world.ctx, tenant.id)).billingEmail).toBe("neu@northlight.example");
    expect((await changes(tenant)).some((entry) => entry.actor.startsWith("webhook:"))).toBe(true);
  });
});
