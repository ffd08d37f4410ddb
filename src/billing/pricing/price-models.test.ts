/** Each price model as a table: what a quantity costs, and the rows that say why. */
import { describe, expect, it } from "vitest";
import type { OveragePrice } from "../catalog/model";
import { decimal } from "../kernel/decimal";
import { priceOf } from "./price-models";
import { overageMinor, rateOverage } from "./rules";

const perUnit: OveragePrice = { model: "per_unit", unitPrice: "0.00001" };
const tiers = [
  { upTo: "1000", unitPrice: "0.10" },
  { upTo: "5000", unitPrice: "0.05" },
  { upTo: null, unitPrice: "0.01" },
];
const graduated: OveragePrice = { model: "graduated", tiers };
const volume: OveragePrice = { model: "volume", tiers };
const begun: OveragePrice = { model: "package", size: "1000", price: "5.00", rounding: "up" };
const full: OveragePrice = { ...begun, rounding: "down" };

describe("a quantity of overage costs", () => {
  it.each<[string, OveragePrice, string, string, Array<[string, string | null, string, string | null, string]>]>([
    ["nothing for nothing", graduated, "0", "0", []],
    ["a thousandth of a cent each", perUnit, "1247", "0.01247", [["0", null, "1247", "0.00001", "0.01247"]]],
    ["the first tier's price", graduated, "999.5", "99.95", [["0", "1000", "999.5", "0.10", "99.95"]]],
    ["the first tier's price on its last unit", graduated, "1000", "100", [["0", "1000", "1000", "0.10", "100"]]],
    [
      "each tier's price for its own units",
      graduated,
      "6000",
      "310",
      [
        ["0", "1000", "1000", "0.10", "100"],
        ["1000", "5000", "4000", "0.05", "200"],
        ["5000", null, "1000", "0.01", "10"],
      ],
    ],
    ["the first tier's price for all", volume, "1000", "100", [["0", "1000", "1000", "0.10", "100"]]],
    ["the second tier's price for all", volume, "1000.5", "50.025", [["1000", "5000", "1000.5", "0.05", "50.025"]]],
    ["the open tier's price for all", volume, "6000", "60", [["5000", null, "6000", "0.01", "60"]]],
    ["a package that was begun", begun, "0.001", "5", [["0", null, "1", "5.00", "5"]]],
    ["one package filled to the last unit", begun, "1000", "5", [["0", null, "1", "5.00", "5"]]],
    ["two packages for one unit more", begun, "1001", "10", [["0", null, "2", "5.00", "10"]]],
    ["no package that is not full", full, "999.999", "0", [["0", null, "0", "5.00", "0"]]],
    ["only the full packages", full, "2999", "10", [["0", null, "2", "5.00", "10"]]],
  ])("%s", (_what, price, quantity, amount, rows) => {
    const { exact, details } = priceOf(price, decimal(quantity));
    expect(exact.toFixed()).toBe(amount);
    expect(details.map((row) => [row.from, row.to, row.quantity, row.unitPrice, row.amount])).toEqual(rows);
  });

  it("is told with the size of its packages", () => {
    expect(priceOf(begun, decimal(1_247)).details).toMatchObject([
      { kind: "package", packageSize: "1000", quantity: "2" },
    ]);
  });

  it("is rounded once, whatever the tiers", () => {
    const thirds: OveragePrice = {
      model: "graduated",
      tiers: [
        { upTo: "1", unitPrice: "0.004" },
        { upTo: "2", unitPrice: "0.004" },
        { upTo: null, unitPrice: "0.004" },
      ],
    };
    expect(overageMinor(thirds, "3", "usd")).toBe(1n);
  });
});

describe("a part", () => {
  const part = (price: OveragePrice, used: string, billed: string) =>
    rateOverage({ used, included: "100", billed, price, currency: "usd" });

  it("is the whole less what was billed, row by row", () => {
    const rest = part(graduated, "1300", "900");
    expect(rest).toMatchObject({ amountMinor: 2_000n });
    expect(rest.quantity.toFixed()).toBe("300");
    expect(rest.details.map(({ kind, quantity, amount }) => [kind, quantity, amount])).toEqual([
      ["tier", "1000", "100"],
      ["tier", "200", "10"],
      ["billed", "900", "-90"],
    ]);
  });

  it("of a package that is paid for costs nothing until the next one is begun", () => {
    expect(part(begun, "900", "1").amountMinor).toBe(0n);
    expect(part(begun, "1101", "800").amountMinor).toBe(500n);
  });

  it("gives back what a volume price has fallen by", () => {
    // 1,000 at 0.10 were billed; the 1,001st makes all of them cost 0.05.
    const rest = part(volume, "1101", "1000");
    expect(rest.amountMinor).toBe(5_005n - 10_000n);
    expect(rest.details.at(-1)).toMatchObject({ kind: "billed", quantity: "1000", amount: "-100" });
  });

  it("gives nothing back when a larger plan includes what was billed", () => {
    expect(rateOverage({ used: "145", included: "500", billed: "45", price: volume, currency: "usd" })).toMatchObject({
      amountMinor: 0n,
      details: [],
    });
  });
});
