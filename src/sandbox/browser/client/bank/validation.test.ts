import { describe, expect, it } from "vitest";
import { accountProblem, emailProblem, routingProblem } from "./account";
import { formatIban, ibanCountry, ibanProblem } from "./iban";

describe("IBANs", () => {
  it.each([
    "AT611904300234573201",
    "AT861904300235473202",
    "AT591904300235473203",
    "DE89370400440532013000",
    "DE62370400440532013001",
    "DE35370400440532013002",
    "NL91 ABNA 0417 1643 00",
    "fr1420041010050500013m02606",
    "GB29NWBK60161331926819",
  ])("%s is good", (typed) => {
    expect(ibanProblem(typed)).toBeNull();
  });

  it.each([
    ["", "incomplete_iban"],
    ["D", "incomplete_iban"],
    ["1", "invalid_iban"],
    ["DE8937040044053201300", "incomplete_iban"],
    ["DE88370400440532013000", "invalid_iban"],
    ["DEX9370400440532013000", "invalid_iban"],
    ["BR1500000000000010932840814P2", "invalid_iban_country_code"],
  ])("%j is %s", (typed, code) => {
    expect(ibanProblem(typed)?.code).toBe(code);
  });

  it("are shown in groups and end where their country ends them", () => {
    expect(formatIban("de893704004405320130009999")).toBe("DE89 3704 0044 0532 0130 00");
    expect(ibanCountry("d")).toBe("");
    expect(ibanCountry("de8")).toBe("DE");
  });
});

describe("US accounts and e-mail addresses", () => {
  it.each([
    [routingProblem, "110000000", null],
    [routingProblem, "021000021", null],
    [routingProblem, "11000000", "incomplete_routing_number"],
    [routingProblem, "110000001", "invalid_routing_number"],
    [accountProblem, "000123456789", null],
    [accountProblem, "123", "incomplete_account_number"],
    [emailProblem, "ada@example.com", null],
    [emailProblem, "ada@example", "incomplete_email"],
    [emailProblem, "", "incomplete_email"],
    [emailProblem, "ada @example.com", "invalid_email"],
    [emailProblem, "a@b@c.com", "invalid_email"],
  ] as const)("%o of %j: %s", (rule, typed, code) => {
    expect(rule(typed)?.code ?? null).toBe(code);
  });
});
