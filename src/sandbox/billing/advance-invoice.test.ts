import { afterAll, beforeAll, expect, it } from "vitest";
import { customerWithCard, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

/** Resolves when a webhook has been tried in vain. */
async function refused(): Promise<void> {
  const until = performance.now() + 20_000;
  while (performance.now() < until) {
    for (const delivery of stage.sandbox.store.records("delivery")) {
      const event = stage.sandbox.store.find("event", delivery.event);
      if (event?.type === "invoice.created" && delivery.attempts.length > 0) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("no webhook was tried");
}

it("an automatic draft waits while its announcement is refused, but no longer than 72 hours", async () => {
  // Nothing listens on port 1: every attempt is refused.
  await stage.stripe.webhookEndpoints.create({ url: "http://127.0.0.1:1/hook", enabled_events: ["invoice.created"] });
  const customer = await customerWithCard(stage);
  await stage.stripe.invoiceItems.create({ customer: customer.id, amount: 900, currency: "usd" });
  const { id } = await stage.stripe.invoices.create({
    customer: customer.id,
    auto_advance: true,
    pending_invoice_items_behavior: "include",
  });
  await refused();
  await stage.advanceBy(3_600);
  const held = await stage.stripe.invoices.retrieve(id ?? "");
  expect(held).toMatchObject({ status: "draft", automatically_finalizes_at: stage.now() + 3_600 });
  await stage.advanceBy(70 * 3_600);
  expect((await stage.stripe.invoices.retrieve(id ?? "")).status).toBe("draft");
  await stage.advanceBy(3_600);
  expect((await stage.stripe.invoices.retrieve(id ?? "")).status).toBe("paid");
});
