/** What a log line may never show. */
import { describe, expect, it } from "vitest";
import { withoutSecrets } from "./log";

describe("withoutSecrets", () => {
  it.each([
    ["a secret key", "sk_live_51Habc"],
    ["a restricted key", "rk_test_51Habc"],
    ["a signing secret", "whsec_abc+/="],
    ["one of our API keys", "qk_live_0123456789abcdefghij_k2"],
    ["a bearer token", "Bearer abc.def-ghi"],
    ["a client secret", "pi_3Nabc_secret_xyz"],
    ["a card number", "4242424242424242"],
    ["a card number in groups", "4000 0025 0000 3155"],
  ])("removes %s", (_name, secret) => {
    expect(withoutSecrets(`{"msg":"it was ${secret}","n":1}`)).toBe('{"msg":"it was [removed]","n":1}');
  });

  it.each(["2026-11-21T04:00:00.000Z", "1763697600", "20261121000000", "cus_123", "evt_1", "INV-2026-11-demo"])(
    "keeps %s",
    (text) => {
      expect(withoutSecrets(text)).toBe(text);
    },
  );
});
