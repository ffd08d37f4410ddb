/** Which slugs may be taken, which are made from names, what a key looks like, and who may act for whom. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Actor } from "../kernel/actor";
import { displayApiKey, isApiKeyShaped, mayActFor, newApiKey, slugFromName, slugRefusal } from "./rules";

describe("slugRefusal", () => {
  it.each<[string, "shape" | "reserved" | null]>([
    ["acme", null],
    ["ab", null],
    ["42", null],
    ["acme-labs-2", null],
    ["a-b", null],
    ["x".repeat(40), null],
    ["", "shape"],
    ["a", "shape"],
    ["x".repeat(41), "shape"],
    ["Acme", "shape"],
    ["acme labs", "shape"],
    ["acme_labs", "shape"],
    ["acme.labs", "shape"],
    ["acme--labs", "shape"],
    ["-acme", "shape"],
    ["acme-", "shape"],
    ["acmé", "shape"],
    ["acme\n", "shape"],
    ["acme/..", "shape"],
    ["admin", "reserved"],
    ["api", "reserved"],
    ["www", "reserved"],
    ["sign-in", "reserved"],
    ["quittance", "reserved"],
    ["admins", null],
  ])("%j: %s", (slug, expected) => {
    expect(slugRefusal(slug)).toBe(expected);
  });
});

describe("slugFromName", () => {
  it.each([
    ["Acme Labs", 1, "acme-labs"],
    ["Acme Labs", 2, "acme-labs-2"],
    ["  Acme   &  Söhne GmbH! ", 1, "acme-sohne-gmbh"],
    ["Ångström", 1, "angstrom"],
    ["---", 1, "org"],
    ["東京", 1, "org"],
    ["東京", 3, "org-3"],
    ["X", 1, "org-x"],
    ["Admin", 1, "org-admin"],
    ["API", 2, "org-api-2"],
    ["x".repeat(60), 1, "x".repeat(40)],
    ["x".repeat(60), 12, `${"x".repeat(37)}-12`],
    [`${"x".repeat(37)} yz`, 12, `${"x".repeat(37)}-12`],
  ])("%j, attempt %i: %s", (name, attempt, expected) => {
    expect(slugFromName(name, attempt)).toBe(expected);
  });

  it("is a slug that may be taken for any name and attempt, and another one for each attempt", () => {
    const isUsable = fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 999 }), (name, attempt) => {
      const slug = slugFromName(name, attempt);
      expect(slugRefusal(slug)).toBeNull();
      expect(slugFromName(name, attempt + 1)).not.toBe(slug);
    });
    fc.assert(isUsable, { numRuns: 2_000 });
  });
});

describe("an API key", () => {
  it("has the shape that is asked for, and no two are the same", () => {
    const keys = Array.from({ length: 200 }, newApiKey);
    for (const key of keys) {
      expect(key).toMatch(/^qk_[0-9A-Za-z]{39}$/);
      expect(isApiKeyShaped(key)).toBe(true);
    }
    expect(new Set(keys).size).toBe(200);
  });

  it("with any one character mistyped is no key", () => {
    const key = newApiKey();
    for (let place = 0; place < key.length; place += 1) {
      const wrong = key[place] === "7" ? "8" : "7";
      expect(isApiKeyShaped(key.slice(0, place) + wrong + key.slice(place + 1))).toBe(false);
    }
  });

  it.each([
    ["nothing", ""],
    ["a prefix", "qk_"],
    ["a key of somebody else", "sk_test_4eC39HqLyjWDarjtT1zdp7dc"],
    ["a key with a line break", `${newApiKey()}\n`],
    ["a key with a blank", ` ${newApiKey()}`],
    ["a key twice", newApiKey().repeat(2)],
  ])("is not %s", (_what, text) => {
    expect(isApiKeyShaped(text)).toBe(false);
  });

  it("is shown by its first seven and last four characters", () => {
    expect(displayApiKey("qk_AbCd0123456789zYxW")).toBe("qk_AbCd…zYxW");
  });
});

describe("mayActFor", () => {
  it.each<[string, Actor, boolean | "when_member"]>([
    [
      "a person, also one who came through another tenant",
      { kind: "user", userId: "u", tenantId: "ten_b", label: "" },
      "when_member",
    ],
    ["an operator", { kind: "operator", userId: "u", label: "" }, true],
    ["the tenant's key", { kind: "api_key", keyId: "k", tenantId: "ten_a", label: "" }, true],
    ["another tenant's key", { kind: "api_key", keyId: "k", tenantId: "ten_b", label: "" }, false],
    ["an operator's key", { kind: "api_key", keyId: "k", tenantId: null, label: "" }, true],
    ["a webhook", { kind: "webhook", eventId: "evt_1" }, true],
    ["a worker", { kind: "worker", task: "inbox" }, true],
    ["the system", { kind: "system", part: "cli" }, true],
  ])("%s", (_who, actor, expected) => {
    expect(mayActFor(actor, "ten_a")).toBe(expected);
  });
});
