import { describe, expect, it } from "vitest";
import { EnvironmentProblems, loadEnvironment } from "./env";

const OWN_STRIPE = {
  STRIPE_SECRET_KEY: "sk_test_51abc",
  STRIPE_PUBLISHABLE_KEY: "pk_test_51abc",
  STRIPE_WEBHOOK_SECRET: "whsec_abc",
};

function problemsOf(source: Record<string, string>): string[] {
  try {
    loadEnvironment(source);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentProblems) return error.problems.map(({ variable }) => variable);
    throw error;
  }
}

describe("loadEnvironment", () => {
  it("needs no variable at all: embedded database, sandbox, local address", () => {
    expect(loadEnvironment({})).toMatchObject({
      mode: "sandbox",
      databaseUrl: null,
      port: 3000,
      publicUrl: "http://localhost:3000",
      catalog: "dnalang",
      taxMode: "rate",
      seller: { name: null, address: [], taxId: null },
      stripe: { secretKey: "sk_test_sandbox", apiUrl: "http://127.0.0.1:12111" },
    });
  });

  it("switches to the real Stripe by its three variables alone", () => {
    const settings = loadEnvironment({ ...OWN_STRIPE, SANDBOX_URL: "http://127.0.0.1:9" });
    expect(settings).toMatchObject({ mode: "stripe", stripe: { secretKey: "sk_test_51abc", apiUrl: null } });
  });

  it("treats an empty variable as one that is not set", () => {
    expect(loadEnvironment({ DATABASE_URL: "", PORT: "", STRIPE_SECRET_KEY: "" })).toMatchObject({
      databaseUrl: null,
      port: 3000,
      mode: "sandbox",
    });
  });

  it("drops the slash at the end of the public address", () => {
    expect(loadEnvironment({ PUBLIC_URL: "https://billing.example.com/" }).publicUrl).toBe(
      "https://billing.example.com",
    );
  });

  it("names every problem at once", () => {
    const source = {
      DATABASE_URL: "mysql://x/y",
      PORT: "99999",
      TAX_MODE: "none",
      LOG_LEVEL: "loud",
      STRIPE_SECRET_KEY: "sk",
    };
    expect(problemsOf(source).sort()).toEqual([
      "DATABASE_URL",
      "LOG_LEVEL",
      "PORT",
      "STRIPE_PUBLISHABLE_KEY",
      "STRIPE_SECRET_KEY",
      "STRIPE_WEBHOOK_SECRET",
      "TAX_MODE",
    ]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ["a port that is not a number", { PORT: "80a" }, ["PORT"]],
    ["port zero", { SANDBOX_PORT: "0" }, ["SANDBOX_PORT"]],
    ["a port that browsers refuse", { PORT: "4190" }, ["PORT"]],
    ["one port for two servers", { PORT: "12111" }, ["SANDBOX_PORT"]],
    ["a database address without a database", { DATABASE_URL: "postgresql://localhost:5432" }, ["DATABASE_URL"]],
    ["something that is no address", { DATABASE_URL: "localhost" }, ["DATABASE_URL"]],
    [
      "a publishable key in the secret's place",
      { ...OWN_STRIPE, STRIPE_SECRET_KEY: "pk_test_x" },
      ["STRIPE_SECRET_KEY"],
    ],
    ["live beside test", { ...OWN_STRIPE, STRIPE_SECRET_KEY: "sk_live_x" }, ["STRIPE_PUBLISHABLE_KEY"]],
    ["two public addresses", { PUBLIC_URL: "http://a.test", NEXTAUTH_URL: "http://b.test" }, ["NEXTAUTH_URL"]],
    ["a short session secret", { NEXTAUTH_SECRET: "short" }, ["NEXTAUTH_SECRET"]],
    ["an unknown preset", { CATALOG: "acme" }, ["CATALOG"]],
    ["a mail server over http", { SMTP_URL: "http://mail.test" }, ["SMTP_URL"]],
    ["a sender without an address", { MAIL_FROM: "Billing" }, ["MAIL_FROM"]],
    [
      "live keys on plain http",
      {
        ...OWN_STRIPE,
        STRIPE_SECRET_KEY: "sk_live_x",
        STRIPE_PUBLISHABLE_KEY: "pk_live_x",
        PUBLIC_URL: "http://billing.example.com",
      },
      ["PUBLIC_URL"],
    ],
  ])("refuses %s", (_name, source, variables) => {
    expect(problemsOf(source)).toEqual(variables);
  });

  it("accepts a catalog file and a sender with a name", () => {
    const settings = loadEnvironment({ CATALOG: "./my-catalog.json", MAIL_FROM: "Billing <billing@example.com>" });
    expect(settings).toMatchObject({ catalog: "./my-catalog.json", mailFrom: "Billing <billing@example.com>" });
  });
});
