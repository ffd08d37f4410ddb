/** Signatures, made by the official library and by hand. */
import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { eventSubject, handledType, verifyEvent } from "./events";

const SECRET = "whsec_new";
const receivedAt = new Date("2026-11-19T12:00:00Z");
const now = receivedAt.getTime() / 1000;
const rawBody = JSON.stringify({
  id: "evt_1",
  object: "event",
  api_version: "2026-10-28.endive",
  created: now - 5,
  livemode: false,
  type: "invoice.paid",
  data: { object: { id: "in_1", object: "invoice", customer: "cus_1" } },
});

function sign(time: number, secret = SECRET, body = rawBody): string {
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

const verify = (signatureHeader: string | null, secrets = [SECRET], body = rawBody) =>
  verifyEvent({ rawBody: body, signatureHeader, secrets, receivedAt });

describe("verifyEvent", () => {
  it("reads a well signed event", () => {
    expect(verify(sign(now))).toEqual({
      id: "evt_1",
      type: "invoice.paid",
      apiVersion: "2026-10-28.endive",
      createdAt: new Date((now - 5) * 1000),
      livemode: false,
      objectId: "in_1",
    });
  });

  it.each([
    ["the older of two secrets", sign(now, "whsec_old"), [SECRET, "whsec_old"]],
    ["one of two signatures", `${sign(now, "whsec_other")},${sign(now).split(",")[1]}`, [SECRET]],
    ["299 seconds of age", sign(now - 299), [SECRET]],
    ["a clock 299 seconds ahead", sign(now + 299), [SECRET]],
  ])("accepts %s", (_name, header, secrets) => {
    expect(verify(header, secrets).id).toBe("evt_1");
  });

  it.each([
    ["no signature", null],
    ["an empty signature", ""],
    ["words instead of a signature", "hello"],
    ["a signature without a time", sign(now).replace(/^t=\d+,/, "")],
    ["a wrong secret", sign(now, "whsec_wrong")],
    ["301 seconds of age", sign(now - 301)],
    ["a time 301 seconds ahead", sign(now + 301)],
    ["only a signature of the old scheme", sign(now).replace("v1=", "v0=")],
  ])("refuses %s", (_name, header) => {
    expect(() => verify(header)).toThrow(expect.objectContaining({ code: "webhook.invalid_signature" }));
  });

  it("refuses a body that was changed by one character, and bodies that are no events", () => {
    const changed = rawBody.replace("evt_1", "evt_2");
    expect(() => verify(sign(now), [SECRET], changed)).toThrow(expect.objectContaining({ kind: "invalid" }));
    for (const body of ["", "null", "[]", "{}", "not json", '{"object":"v2.core.event"}']) {
      const header = sign(now, SECRET, body);
      expect(() => verify(header, [SECRET], body), body).toThrow(
        expect.objectContaining({ code: "webhook.invalid_signature" }),
      );
    }
  });
});

describe("what an event is about", () => {
  it.each([
    ["an invoice", { id: "in_1", object: "invoice", customer: "cus_1" }, ["in_1", "cus_1", null]],
    ["an expanded customer", { id: "in_1", object: "invoice", customer: { id: "cus_1" } }, ["in_1", "cus_1", null]],
    ["a customer", { id: "cus_1", object: "customer" }, ["cus_1", "cus_1", null]],
    [
      "a charge",
      { id: "ch_1", object: "charge", customer: "cus_1", payment_intent: "pi_1" },
      ["ch_1", "cus_1", "pi_1"],
    ],
    ["nobody's intent", { id: "pi_1", object: "payment_intent", customer: null }, ["pi_1", null, null]],
  ])("finds the ids of %s", (_name, object, [objectId, stripeCustomerId, stripePaymentIntentId]) => {
    expect(eventSubject({ data: { object } })).toEqual({ objectId, stripeCustomerId, stripePaymentIntentId });
  });

  it("finds the former customer of a detached payment method", () => {
    const object = { id: "pm_1", object: "payment_method", customer: null };
    expect(eventSubject({ data: { object, previous_attributes: { customer: "cus_1" } } })?.stripeCustomerId).toBe(
      "cus_1",
    );
  });

  it("knows Stripe's names, the seed's name for a failed payment, and nothing else", () => {
    expect(handledType("invoice.paid")).toBe("invoice.paid");
    expect(handledType("payment_intent.failed")).toBe("payment_intent.payment_failed");
    expect(handledType("invoice.upcoming")).toBeNull();
    expect(handledType("constructor")).toBeNull();
  });
});
