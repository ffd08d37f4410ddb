/** Catalogs that are broken in many places at once: every place is named, in shape and in sense, whatever else is wrong. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { catalog as dnalang } from "./presets/dnalang";
import { catalogProblems, parseCatalog } from "./rules";

type Path = ReadonlyArray<string | number>;
type Break = readonly [path: Path, value: unknown, named: string];

const price = (model: object) => ({ model: "per_unit", unitPrice: "0.5", ...model });

/** None of them touches the place of another. */
const BREAKS: readonly Break[] = [
  [["key"], "DNA", "key"],
  [["productName"], "", "productName"],
  [["tax", "percentage"], "100.5", "tax.percentage"],
  [["tax", "displayName"], 8, "tax.displayName"],
  [["freePlan"], "gratis", "freePlan"],
  [["contact"], "call us", "contact"],
  [["colour"], "red", "colour"],
  [["meters", 0, "aggregation"], "median", "meters[0].aggregation"],
  [["meters", 1, "uniqueProperty"], "user_id", "meters[1].uniqueProperty"],
  [["meters", 2, "displayName"], "", "meters[2].displayName"],
  [["plans", 0, "maxUsers"], 0, "plans[0].maxUsers"],
  [["plans", 0, "allowances", 0, "overage"], price({}), "plans[0].allowances[0].overage"],
  [["plans", 0, "allowances", 1, "limit"], "firm", "plans[0].allowances[1].limit"],
  [["plans", 1, "monthlyPrice"], "299.001", "plans[1].monthlyPrice"],
  [["plans", 1, "annualPrice"], -1, "plans[1].annualPrice"],
  [["plans", 1, "allowances", 0, "overage"], price({ unitPrice: "0,5" }), "plans[1].allowances[0].overage.unitPrice"],
  [["plans", 1, "allowances", 1, "meter"], "nothing", "plans[1].allowances[1].meter"],
  [["plans", 2, "trial"], { days: 0, paymentMethod: "optional" }, "plans[2].trial.days"],
  [["plans", 2, "features"], [{ label: "HIPAA", included: "yes" }], "plans[2].features[0].included"],
  [["plans", 2, "seats"], { included: 5, monthlyPrice: "1", annualPrice: "10", max: 2 }, "plans[2].seats.max"],
  [["plans", 3, "key"], "professional", "plans[3].key"],
  [["plans", 3, "montlyPrice"], "1", "plans[3].montlyPrice"],
  [
    ["plans", 3, "allowances", 0, "overage"],
    { model: "volume", tiers: [{ upTo: "5", unitPrice: "1" }] },
    "plans[3].allowances[0].overage.tiers[0].upTo",
  ],
  [["changePolicy", "upgrade"], "later", "changePolicy.upgrade"],
  [["dunning", "reminderDays"], [7, 3], "dunning.reminderDays[1]"],
];

function brokenAt(breaks: readonly Break[]): unknown {
  const catalog: unknown = structuredClone(dnalang);
  for (const [path, value] of breaks) {
    let place = catalog as Record<string | number, unknown>;
    for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
    place[path.at(-1) ?? ""] = value;
  }
  return catalog;
}

it("each names its place, once, and only there where nothing else follows from it", () => {
  for (const one of BREAKS) {
    const paths = catalogProblems(brokenAt([one])).map(({ path }) => path);
    expect(paths.filter((path) => path === one[2])).toEqual([one[2]]);
  }
});

it("any number of them at once are all named, and the catalog is refused as a whole", () => {
  fc.assert(
    fc.property(fc.subarray([...BREAKS], { minLength: 2 }), (breaks) => {
      const catalog = brokenAt(breaks);
      const paths = catalogProblems(catalog).map(({ path }) => path);
      expect(paths).toEqual(expect.arrayContaining(breaks.map(([, , named]) => named)));
      expect(new Set(paths).size).toBe(paths.length);
      expect(() => parseCatalog(catalog)).toThrow(breaks[0]?.[2]);
    }),
    { numRuns: 500 },
  );
});

it.each<[Path, unknown, string]>([
  [["plans", 1, "monthlyPrice"], "-299.00", "must not be negative"],
  [["plans", 1, "seats"], { included: 1, monthlyPrice: "-1", annualPrice: null, max: null }, "must not be negative"],
  [["tax", "percentage"], "-8", "must not be negative"],
  [["plans", 1, "monthlyPrice"], "cheap", 'a decimal as text, for example "0.001"'],
  [["currency"], "zzz", 'names no currency of ISO 4217 in lower case; for example "usd"'],
  [["currency"], "USD", 'names no currency of ISO 4217 in lower case; for example "usd"'],
])("%s = %j is told in its own words", (path, value, message) => {
  const named = path[2] === "seats" ? "plans[1].seats.monthlyPrice" : path.join(".").replace(/\.(\d+)/g, "[$1]");
  const problems = catalogProblems(brokenAt([[path, value, named]]));
  expect(problems.filter((one) => one.path === named)).toEqual([{ path: named, message }]);
});
