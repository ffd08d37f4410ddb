import { describe, expect, it } from "vitest";
import { type Buyer, type Seller, taxParts } from "./calculation";
import { placeOfAddress, placeOfIp } from "./location";
import { collectsWith, registrationsAt } from "./registrations";

const saas = "txcd_10103001";
const books = "txcd_35010000";
const nontaxable = "txcd_00000000";

/** The registrations of an untouched sandbox: only lists are asked of the state. */
const initial = registrationsAt({ list: () => [] } as unknown as Parameters<typeof registrationsAt>[0], 1_780_000_000);

const seller = (country = "US"): Seller => ({ country, collects: collectsWith(initial) });

function buyer(country: string, state: string | null = null, rest: Partial<Buyer> = {}): Buyer {
  return { place: { country, state }, exempt: "none", taxIds: [], ...rest };
}

type Row = [
  name: string,
  amount: number,
  behavior: "exclusive" | "inclusive",
  code: string,
  buyer: Buyer,
  expected: Array<[tax: number, taxable: number, reason: string, type: string | null]>,
  sellerCountry?: string,
];

const rows: Row[] = [
  ["New York on top", 10_000, "exclusive", saas, buyer("US", "NY"), [[400, 10_000, "standard_rated", "sales_tax"]]],
  ["a negative line", -166, "exclusive", saas, buyer("US", "NY"), [[-7, -166, "standard_rated", "sales_tax"]]],
  ["half a cent goes up", 150, "exclusive", saas, buyer("GB"), [[30, 150, "standard_rated", "vat"]]],
  ["rounded once", 1_010, "exclusive", saas, buyer("US", "MA"), [[63, 1_010, "standard_rated", "sales_tax"]]],
  [
    "Texas taxes 80 %",
    10_000,
    "exclusive",
    saas,
    buyer("US", "TX"),
    [[500, 8_000, "taxable_basis_reduced", "sales_tax"]],
  ],
  ["Texas inside", 10_500, "inclusive", saas, buyer("US", "TX"), [[500, 8_000, "taxable_basis_reduced", "sales_tax"]]],
  [
    "California exempts software",
    10_000,
    "exclusive",
    saas,
    buyer("US", "CA"),
    [[0, 0, "product_exempt", "sales_tax"]],
  ],
  [
    "California taxes books",
    10_000,
    "exclusive",
    books,
    buyer("US", "CA"),
    [[725, 10_000, "standard_rated", "sales_tax"]],
  ],
  ["Oregon has no tax", 10_000, "exclusive", saas, buyer("US", "OR"), [[0, 0, "not_subject_to_tax", null]]],
  ["no registration in Ohio", 10_000, "exclusive", saas, buyer("US", "OH"), [[0, 0, "not_collecting", "sales_tax"]]],
  ["a state outside the table", 10_000, "exclusive", saas, buyer("US", "WY"), [[0, 0, "not_collecting", null]]],
  ["a country outside the table", 10_000, "exclusive", saas, buyer("BR"), [[0, 0, "not_collecting", null]]],
  ["Germany inside", 11_900, "inclusive", saas, buyer("DE"), [[1_900, 10_000, "standard_rated", "vat"]]],
  ["Finland's fraction", 10_000, "exclusive", saas, buyer("FI"), [[2_550, 10_000, "standard_rated", "vat"]]],
  ["German books", 10_000, "exclusive", books, buyer("DE"), [[700, 10_000, "reduced_rated", "vat"]]],
  ["British books", 10_000, "exclusive", books, buyer("GB"), [[0, 10_000, "zero_rated", "vat"]]],
  ["nontaxable anywhere", 10_000, "exclusive", nontaxable, buyer("DE"), [[0, 0, "not_collecting", "vat"]]],
  ["Ontario harmonises", 10_000, "exclusive", saas, buyer("CA", "ON"), [[1_300, 10_000, "standard_rated", "hst"]]],
  [
    "Alberta has the federal tax only",
    10_000,
    "exclusive",
    saas,
    buyer("CA", "AB"),
    [[500, 10_000, "standard_rated", "gst"]],
  ],
  [
    "Quebec has two",
    10_000,
    "exclusive",
    saas,
    buyer("CA", "QC"),
    [
      [500, 10_000, "standard_rated", "gst"],
      [998, 10_000, "standard_rated", "qst"],
    ],
  ],
  [
    "Quebec inside",
    11_498,
    "inclusive",
    saas,
    buyer("CA", "QC"),
    [
      [500, 10_000, "standard_rated", "gst"],
      [998, 10_000, "standard_rated", "qst"],
    ],
  ],
  [
    "an exempt customer",
    10_000,
    "exclusive",
    saas,
    buyer("US", "NY", { exempt: "exempt" }),
    [[0, 0, "customer_exempt", "sales_tax"]],
  ],
  [
    "a reverse customer",
    10_000,
    "inclusive",
    saas,
    buyer("DE", null, { exempt: "reverse" }),
    [[0, 0, "reverse_charge", "vat"]],
  ],
  [
    "an EU business",
    10_000,
    "exclusive",
    saas,
    buyer("DE", null, { taxIds: ["eu_vat"] }),
    [[0, 0, "reverse_charge", "vat"]],
  ],
  [
    "an EU business at home",
    10_000,
    "exclusive",
    saas,
    buyer("DE", null, { taxIds: ["eu_vat"] }),
    [[1_900, 10_000, "standard_rated", "vat"]],
    "DE",
  ],
  [
    "an EU id does not help in Norway",
    10_000,
    "exclusive",
    saas,
    buyer("NO", null, { taxIds: ["eu_vat"] }),
    [[2_500, 10_000, "standard_rated", "vat"]],
  ],
  [
    "a British business",
    10_000,
    "exclusive",
    saas,
    buyer("GB", null, { taxIds: ["gb_vat"] }),
    [[0, 0, "reverse_charge", "vat"]],
  ],
];

describe("the taxes on an amount", () => {
  it.each(rows)("%s", (_name, amountMinor, behavior, taxCode, who, expected, home) => {
    const parts = taxParts({ currency: "usd", amountMinor, behavior, taxCode }, who, seller(home));
    expect(parts.map((part) => [part.taxMinor, part.taxableMinor, part.taxability, part.taxType])).toEqual(expected);
  });

  it("what is inside and the base make the amount, to the unit", () => {
    for (let amountMinor = -40; amountMinor < 400; amountMinor += 1) {
      const parts = taxParts(
        { currency: "usd", amountMinor, behavior: "inclusive", taxCode: saas },
        buyer("CA", "QC"),
        seller(),
      );
      const tax = parts.reduce((sum, part) => sum + part.taxMinor, 0);
      expect((parts[0]?.taxableMinor ?? 0) + tax).toBe(amountMinor);
    }
  });

  it("tells the rate by law from the one applied", () => {
    const [texas] = taxParts(
      { currency: "usd", amountMinor: 1, behavior: "exclusive", taxCode: saas },
      buyer("US", "TX"),
      seller(),
    );
    expect(texas).toMatchObject({ percentage: 6.25, effectivePercentage: 5 });
    const [ohio] = taxParts(
      { currency: "usd", amountMinor: 1, behavior: "exclusive", taxCode: saas },
      buyer("US", "OH"),
      seller(),
    );
    expect(ohio).toMatchObject({ percentage: 5.75, effectivePercentage: 0 });
  });
});

describe("the place of an address", () => {
  it.each([
    [{ country: "US", postal_code: "10001" }, "US-NY"],
    [{ country: "US", postal_code: "94105-1234", state: "NY" }, "US-CA"],
    [{ country: "US", state: "NY" }, null],
    [{ country: "US", postal_code: "1000" }, null],
    [{ country: "US" }, null],
    [{ country: "CA", postal_code: "h2x 1y4" }, "CA-QC"],
    [{ country: "CA", state: "ON" }, "CA-ON"],
    [{ country: "CA" }, null],
    [{ country: "de" }, "DE-"],
    [{ country: "ES", state: "MD" }, "ES-MD"],
    [{ country: "XQ" }, null],
    [{ country: "EU" }, null],
    [{ country: "Germany" }, null],
    [{ postal_code: "10001" }, null],
  ])("%o is %s", (address, expected) => {
    const place = placeOfAddress(address);
    expect(place && `${place.country}-${place.state ?? ""}`).toBe(expected);
  });

  it("network addresses for documentation have a place, others have none", () => {
    expect(placeOfIp("198.51.100.7")).toEqual({ country: "DE", state: null });
    expect(placeOfIp("8.8.8.8")).toBeNull();
  });
});
