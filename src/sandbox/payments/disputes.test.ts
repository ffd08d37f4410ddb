import type Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { day, type Stage, startStage } from "../billing/test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-05-01T00:00:00Z");
});
afterAll(() => stage.close());

/** A charge of 2000 with a test card, and what has been disputed of it a moment later. */
async function chargeWith(card: string): Promise<{ charge: string; disputes: Stripe.Dispute[] }> {
  const intent = await stage.stripe.paymentIntents.create({
    amount: 2_000,
    currency: "usd",
    payment_method: card,
    confirm: true,
    off_session: true,
  });
  await stage.events();
  await stage.advanceBy(10);
  const charge = String(intent.latest_charge);
  return { charge, disputes: (await stage.stripe.disputes.list({ charge })).data };
}

async function control(path: string, body: object) {
  const response = await fetch(`${stage.sandbox.url}/_sandbox${path}`, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const answer = (id: string, text: string) =>
  stage.stripe.disputes.update(id, { evidence: { uncategorized_text: text } });

describe("a chargeback", () => {
  it("takes the money with a fee, and gives the money back when won", async () => {
    const { charge, disputes } = await chargeWith("pm_card_createDispute");
    const [dispute] = disputes;
    const id = dispute?.id ?? "";
    expect(await stage.events()).toEqual([
      "charge.updated",
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
    ]);
    expect(dispute).toMatchObject({
      status: "needs_response",
      reason: "fraudulent",
      amount: 2_000,
      balance_transactions: [{ amount: -2_000, fee: 1_500, net: -3_500, type: "adjustment" }],
      payment_method_details: { card: { case_type: "chargeback", network_reason_code: "10.4" } },
    });
    expect(await stage.stripe.charges.retrieve(charge)).toMatchObject({ disputed: true });
    await expect(stage.stripe.refunds.create({ charge })).rejects.toMatchObject({ code: "charge_disputed" });
    const staged = await stage.stripe.disputes.update(id, { submit: false, evidence: { customer_name: "Ada" } });
    expect(staged).toMatchObject({ status: "needs_response", evidence_details: { has_evidence: true } });
    expect(await answer(id, "winning_evidence")).toMatchObject({
      status: "under_review",
      evidence: { customer_name: "Ada" },
      evidence_details: { submission_count: 1, submission_method: "manual" },
    });
    await stage.advanceBy(10);
    expect(await stage.events()).toEqual([
      "charge.dispute.updated",
      "charge.dispute.updated",
      "charge.dispute.closed",
      "charge.dispute.funds_reinstated",
    ]);
    const won = await stage.stripe.disputes.retrieve(id, { expand: ["charge"] });
    expect(won).toMatchObject({ status: "won", charge: { id: charge } });
    expect(won.balance_transactions.map(({ net }) => net)).toEqual([-3_500, 2_000]);
    await expect(answer(id, "more")).rejects.toMatchObject({ param: "evidence" });
    const movements = await stage.stripe.balanceTransactions.list({ source: id, expand: ["data.source"] });
    expect(movements.data.map(({ reporting_category: category }) => category)).toEqual(["dispute_reversal", "dispute"]);
  });

  it("is lost by losing evidence, by giving up, and by silence", async () => {
    for (const lose of [
      (id: string) => answer(id, "losing_evidence"),
      (id: string) => stage.stripe.disputes.close(id),
      () => Promise.resolve(),
    ]) {
      const { disputes } = await chargeWith("pm_card_createDisputeProductNotReceived");
      const id = disputes[0]?.id ?? "";
      await lose(id);
      await stage.advanceBy(10 * day);
      expect(await stage.stripe.disputes.retrieve(id)).toMatchObject({
        status: "lost",
        reason: "product_not_received",
        is_charge_refundable: false,
      });
      await expect(stage.stripe.disputes.close(id)).rejects.toMatchObject({ statusCode: 400 });
    }
  });

  it("can come in parts", async () => {
    const { disputes } = await chargeWith("pm_card_createMultipleDisputes");
    expect(disputes.map(({ amount }) => amount)).toEqual([1_000, 1_000]);
  });
});

describe("an inquiry", () => {
  it("moves no money, leaves refunds possible, and closes or becomes a chargeback", async () => {
    const { charge, disputes } = await chargeWith("pm_card_createDisputeInquiry");
    const id = disputes[0]?.id ?? "";
    expect(disputes[0]).toMatchObject({ status: "warning_needs_response", balance_transactions: [] });
    await answer(id, "winning_evidence");
    await stage.advanceBy(10);
    expect(await stage.stripe.disputes.retrieve(id)).toMatchObject({ status: "warning_closed" });
    expect(await stage.stripe.refunds.create({ charge })).toMatchObject({ status: "succeeded" });

    const second = (await chargeWith("pm_card_createDisputeInquiry")).disputes[0]?.id ?? "";
    expect(await answer(second, "escalate_inquiry_evidence")).toMatchObject({ status: "warning_under_review" });
    await stage.advanceBy(10);
    expect(await stage.stripe.disputes.retrieve(second)).toMatchObject({
      status: "needs_response",
      balance_transactions: [{ amount: -2_000 }],
    });
  });
});

describe("the controls", () => {
  it("open and decide a dispute of any charge, once per amount", async () => {
    const { charge } = await chargeWith("pm_card_visa");
    const opened = await control(`/charges/${charge}/dispute`, { reason: "duplicate", amount: 500 });
    expect(opened).toMatchObject({ status: 200, body: { amount: 500, reason: "duplicate" } });
    expect(await control(`/charges/${charge}/dispute`, { amount: 1_501 })).toMatchObject({ status: 400 });
    expect(await control(`/charges/${charge}/dispute`, { reason: "whim" })).toMatchObject({ status: 400 });
    const decided = await control(`/disputes/${opened.body.id}/decide`, { outcome: "won" });
    expect(decided.body).toMatchObject({ status: "won" });
    expect((await control(`/disputes/${opened.body.id}/decide`, { outcome: "lost" })).status).toBe(400);
  });
});

describe("refunds that take their time", () => {
  it("stay pending for a moment, or fail after they had succeeded", async () => {
    const { charge } = await chargeWith("pm_card_pendingRefund");
    const pending = await stage.stripe.refunds.create({ charge, amount: 700 });
    expect(pending).toMatchObject({ status: "pending", pending_reason: "processing" });
    const failing = await stage.stripe.refunds.create({ charge: (await chargeWith("pm_card_refundFail")).charge });
    expect(failing.status).toBe("succeeded");
    await stage.advanceBy(10);
    expect(await stage.stripe.refunds.retrieve(pending.id)).toMatchObject({ status: "succeeded" });
    expect(await stage.stripe.refunds.retrieve(failing.id, { expand: ["charge"] })).toMatchObject({
      status: "failed",
      failure_reason: "expired_or_canceled_card",
      charge: { amount_refunded: 0, refunded: false },
    });
    expect(await stage.events("refund.")).toContain("refund.failed");
  });

  it("give back what was captured of a reservation, and no more", async () => {
    const { paymentIntents, refunds } = stage.stripe;
    const wanted = { amount: 1_000, currency: "usd", capture_method: "manual", confirm: true } as const;
    const intent = await paymentIntents.create({ ...wanted, payment_method: "pm_card_visa" });
    await paymentIntents.capture(intent.id, { amount_to_capture: 700 });
    await expect(refunds.create({ payment_intent: intent.id, amount: 701 })).rejects.toMatchObject({ param: "amount" });
    expect(await refunds.create({ payment_intent: intent.id })).toMatchObject({ amount: 700 });
  });
});
