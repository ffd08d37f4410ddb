/** Files, setup attempts, customer sessions, and the account itself. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { customerWithCard, type Stage, startStage } from "../billing/test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

const upload = (name: string, size: number, purpose: "dispute_evidence" | "business_logo" = "dispute_evidence") =>
  stage.stripe.files.create({
    purpose,
    file: { data: Buffer.alloc(size, 0xff), name, type: "application/octet-stream" },
  });

it("takes files as evidence, and counts their bytes", async () => {
  const file = await upload("Beleg für Ada.PDF", 3_000_000);
  expect(file).toMatchObject({
    filename: "Beleg für Ada.PDF",
    size: 3_000_000,
    type: "pdf",
    purpose: "dispute_evidence",
  });
  expect(await stage.stripe.files.retrieve(file.id)).toMatchObject({ id: file.id, size: 3_000_000 });
  await expect(upload("evidence.exe", 10)).rejects.toMatchObject({ statusCode: 400, param: "file" });
  const logo = await upload("logo.png", 10, "business_logo");
  expect((await stage.stripe.files.list({ purpose: "business_logo" })).data.map(({ id }) => id)).toEqual([logo.id]);
  const paid = { amount: 900, currency: "usd", confirm: true, payment_method: "pm_card_createDispute" };
  await stage.stripe.paymentIntents.create(paid);
  await stage.advanceBy(10);
  const [dispute] = (await stage.stripe.disputes.list()).data;
  const update = (receipt: string) =>
    stage.stripe.disputes.update(dispute?.id ?? "", { evidence: { receipt }, submit: false });
  await expect(update(logo.id)).rejects.toMatchObject({ statusCode: 400, param: "evidence[receipt]" });
  await expect(update("file_nothing")).rejects.toMatchObject({ code: "resource_missing" });
  const told = await stage.stripe.disputes.update(dispute?.id ?? "", {
    evidence: { receipt: file.id, uncategorized_text: "winning_evidence" },
    expand: ["evidence.receipt"],
  });
  expect(told).toMatchObject({ status: "under_review", evidence: { receipt: { id: file.id, object: "file" } } });
  await stage.advanceBy(10);
  expect((await stage.stripe.disputes.retrieve(dispute?.id ?? "")).status).toBe("won");
});

it("keeps every try of a set-up", async () => {
  const customer = await customerWithCard(stage, null);
  const intent = await stage.stripe.setupIntents.create({ customer: customer.id });
  const refused = stage.stripe.setupIntents.confirm(intent.id, { payment_method: "pm_card_chargeDeclined" });
  await expect(refused).rejects.toMatchObject({ statusCode: 402 });
  const asked = await stage.stripe.setupIntents.confirm(intent.id, {
    payment_method: "pm_card_threeDSecureOptional",
    payment_method_options: { card: { request_three_d_secure: "any" } },
    expand: ["latest_attempt"],
  });
  expect(asked).toMatchObject({ status: "requires_action", latest_attempt: { status: "requires_action" } });
  await fetch(`${stage.sandbox.url}/_sandbox/authenticate`, {
    method: "POST",
    body: JSON.stringify({ client_secret: intent.client_secret, outcome: "succeed" }),
  });
  const { data } = await stage.stripe.setupAttempts.list({ setup_intent: intent.id });
  expect(data).toMatchObject([
    { status: "succeeded", payment_method_details: { card: { three_d_secure: { result: "authenticated" } } } },
    { status: "failed", setup_error: { code: "card_declined" } },
  ]);
  expect((await stage.stripe.setupIntents.retrieve(intent.id)).latest_attempt).toBe(data[0]?.id);
});

it("agrees to one payment when a set-up is for one", async () => {
  const customer = await customerWithCard(stage, null);
  const intent = await stage.stripe.setupIntents.create({
    customer: customer.id,
    confirm: true,
    payment_method: "pm_usBankAccount_success",
    allowed_payment_method_types: ["us_bank_account"],
    single_use: { amount: 2_000, currency: "usd" },
    expand: ["single_use_mandate"],
  });
  expect(intent).toMatchObject({
    mandate: null,
    single_use_mandate: { type: "single_use", single_use: { amount: 2_000, currency: "usd" } },
  });
});

it("opens sessions for customers' browsers", async () => {
  const { id: customer } = await customerWithCard(stage, null);
  const session = await stage.stripe.customerSessions.create({
    customer,
    components: { payment_element: { enabled: true, features: { payment_method_redisplay: "enabled" } } },
  });
  expect(session.client_secret).toMatch(/^cuss_\w+_secret_\w+$/);
  expect(session).toMatchObject({
    customer,
    expires_at: session.created + 1_800,
    components: {
      payment_element: { features: { payment_method_redisplay: "enabled", payment_method_save: "disabled" } },
    },
  });
  const saves = { payment_element: { enabled: true, features: { payment_method_save: "enabled" } } } as const;
  await expect(stage.stripe.customerSessions.create({ customer, components: saves })).rejects.toMatchObject({
    statusCode: 400,
  });
});

it("tells of the account and its money", async () => {
  expect(await stage.stripe.accounts.retrieveCurrent()).toMatchObject({ object: "account", charges_enabled: true });
  const before = await stage.stripe.balance.retrieve();
  const paid = { amount: 1_000, currency: "usd", confirm: true, payment_method: "pm_card_visa" };
  await stage.stripe.paymentIntents.create(paid);
  const pending = await stage.stripe.balance.retrieve();
  expect((pending.pending[0]?.amount ?? 0) - (before.pending[0]?.amount ?? 0)).toBe(941);
  await stage.advanceBy(3 * 86_400);
  expect((await stage.stripe.balance.retrieve()).pending[0]?.amount).toBe(0);
});
