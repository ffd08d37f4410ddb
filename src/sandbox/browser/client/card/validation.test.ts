import { describe, expect, it } from "vitest";
import { brandOf } from "./brands";
import { cvcProblem, formatCvc } from "./cvc";
import { expiryProblem, formatExpiry, parseExpiry } from "./expiry";
import { formatNumber, numberProblem, passesLuhn } from "./number";
import { postalProblem } from "./postal-code";

const brands: Array<[number: string, brand: string]> = [
  ["4242424242424242", "visa"],
  ["4000056655665556", "visa"],
  ["5555555555554444", "mastercard"],
  ["2223003122003222", "mastercard"],
  ["5200828282828210", "mastercard"],
  ["5105105105105100", "mastercard"],
  ["378282246310005", "amex"],
  ["6011111111111117", "discover"],
  ["3056930009020004", "diners"],
  ["36227206271667", "diners"],
  ["3566002020360505", "jcb"],
  ["6200000000000005", "unionpay"],
  ["6205500000000000004", "unionpay"],
];

describe("brands", () => {
  it.each(brands)("%s is a good %s", (number, brand) => {
    expect(brandOf(number)).toBe(brand);
    expect(numberProblem(number)).toBeNull();
  });

  it.each([
    ["", "unknown"],
    ["3", "unknown"],
    ["37", "amex"],
    ["222", "unknown"],
    ["2221", "mastercard"],
    ["2721", "unknown"],
    ["6", "unknown"],
    ["65", "discover"],
    ["62", "unionpay"],
  ])("%j typed so far is %s", (typed, brand) => {
    expect(brandOf(typed)).toBe(brand);
  });
});

describe("numbers", () => {
  it.each([
    ["", "incomplete_number"],
    ["4", "incomplete_number"],
    ["4242 4242 4242 424", "incomplete_number"],
    ["4242424242424241", "invalid_number"],
    ["9", "invalid_number"],
    ["1234", "invalid_number"],
    ["37828224631000", "incomplete_number"],
    ["378282246310006", "invalid_number"],
    ["6205500000000000", "incomplete_number"],
    ["6205500000000000005", "invalid_number"],
  ])("%j is %s", (typed, code) => {
    expect(numberProblem(typed)?.code).toBe(code);
  });

  it.each([
    ["42424242", "4242 4242"],
    ["4242-4242-4242-4242-9", "4242 4242 4242 4242"],
    ["378282246310005", "3782 822463 10005"],
    ["36227206271667", "3622 720627 1667"],
    ["6205500000000000004", "6205 5000 0000 0000 004"],
    ["card: 51", "51"],
  ])("%j is shown as %j", (typed, shown) => {
    expect(formatNumber(typed)).toBe(shown);
  });

  it("finds every single wrong digit", () => {
    const good = "4242424242424242";
    for (let place = 0; place < good.length; place += 1) {
      for (const digit of "0123456789") {
        const changed = good.slice(0, place) + digit + good.slice(place + 1);
        expect(passesLuhn(changed)).toBe(changed === good);
      }
    }
  });
});

describe("expiration dates", () => {
  const today = { year: 2026, month: 11 };

  it.each([
    ["", "incomplete_expiry"],
    ["1", "incomplete_expiry"],
    ["12 / ", "incomplete_expiry"],
    ["12 / 3", "incomplete_expiry"],
    ["12 / 34", null],
    ["11 / 26", null],
    ["10 / 26", "invalid_expiry_month_past"],
    ["12 / 25", "invalid_expiry_year_past"],
    ["13 / 34", "invalid_expiry_month"],
    ["00 / 34", "invalid_expiry_month"],
    ["12 / 76", null],
    ["12 / 77", "invalid_expiry_year"],
    ["12/2034", null],
  ])("%j is %s in November 2026", (typed, code) => {
    expect(expiryProblem(typed, today)?.code ?? null).toBe(code);
  });

  it.each([
    ["1", "1"],
    ["2", "02 / "],
    ["12", "12 / "],
    ["123", "12 / 3"],
    ["1234", "12 / 34"],
    ["1/28", "01 / 28"],
    ["12/2034", "12 / 34"],
    ["2034-07", "07 / 34"],
    ["12345", "12 / 34"],
  ])("%j is shown as %j", (typed, shown) => {
    expect(formatExpiry(typed)).toBe(shown);
  });

  it("lets the separator be deleted", () => {
    expect(formatExpiry("12 /", true)).toBe("12");
    expect(formatExpiry("1", true)).toBe("1");
  });

  it("reads month and full year", () => {
    expect(parseExpiry("07 / 31")).toEqual({ month: 7, year: 2031 });
    expect(parseExpiry("07 / 3")).toBeNull();
  });
});

describe("security codes", () => {
  it.each([
    ["", "visa", "incomplete_cvc"],
    ["99", "visa", "incomplete_cvc"],
    ["123", "visa", null],
    ["123", "amex", "incomplete_cvc"],
    ["1234", "amex", null],
    ["1234", "visa", "incomplete_cvc"],
    ["123", "unknown", null],
  ] as const)("%j on %s: %s", (typed, brand, code) => {
    expect(cvcProblem(typed, brand)?.code ?? null).toBe(code);
  });

  it("takes no more digits than the card has", () => {
    expect(formatCvc("12a345", "visa")).toBe("123");
    expect(formatCvc("12345", "amex")).toBe("1234");
  });
});

describe("postal codes", () => {
  it.each([
    ["", "US", "incomplete_zip"],
    ["9410", "US", "incomplete_zip"],
    ["94103", "US", null],
    ["94103-1234", "US", null],
    ["ABCDE", "US", "invalid_zip"],
    ["K1A 0B1", "CA", null],
    ["K1A0B", "CA", "incomplete_zip"],
    ["SW1A 1AA", "GB", null],
    ["10115", "DE", null],
    ["", "DE", "incomplete_zip"],
  ])("%j in %s: %s", (typed, country, code) => {
    expect(postalProblem(typed, country)?.code ?? null).toBe(code);
  });
});
