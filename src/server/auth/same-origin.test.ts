import { describe, expect, it } from "vitest";
import { isSameOrigin } from "./same-origin";

const ours = "https://billing.example.com";

describe("isSameOrigin", () => {
  it.each([
    ["our own page", { "sec-fetch-site": "same-origin" }, true],
    ["a page of a neighbour below the same domain", { "sec-fetch-site": "same-site" }, false],
    ["a page of a stranger", { "sec-fetch-site": "cross-site", origin: ours }, false],
    ["an address typed by hand", { "sec-fetch-site": "none" }, false],
    ["an old browser on our page", { origin: ours }, true],
    ["an old browser elsewhere", { origin: "https://evil.example" }, false],
    ["another port", { origin: `${ours}:8443` }, false],
    ["a sandboxed frame", { origin: "null" }, false],
    ["no browser at all", {}, false],
  ])("%s", (_, headers, expected) => {
    expect(isSameOrigin(new Headers(headers as Record<string, string>), ours)).toBe(expected);
  });
});
