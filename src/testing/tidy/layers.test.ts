import { describe, expect, it } from "vitest";
import { layerOf, refusal } from "./layers";

function judge(from: string, to: string, typeOnly = false): string | null {
  const [source, target] = [layerOf(from, from.endsWith(".client.tsx")), layerOf(to, false)];
  if (!source || !target) throw new Error(`${from} or ${to} belongs to no layer`);
  return refusal({ path: from, layer: source }, { path: to, layer: target }, typeOnly);
}

describe("the table of layers", () => {
  it.each([
    ["src/billing/usage/record-usage.ts", "src/billing/usage/store.ts"],
    ["src/billing/invoices/sync.ts", "src/billing/usage/index.ts"],
    ["src/billing/usage/store.ts", "src/db/client.ts"],
    ["src/server/api/routers/usage.ts", "src/billing/usage/index.ts"],
    ["src/workers/tasks.ts", "src/stripe/live.ts"],
    ["src/app/api/webhooks/stripe/route.ts", "src/server/context.ts"],
    ["src/app/price.client.tsx", "src/billing/pricing/rules.ts"],
  ])("lets %s use %s", (from, to) => {
    expect(judge(from, to)).toBeNull();
  });

  it.each([
    ["src/billing/kernel/money.ts", "src/billing/usage/model.ts"],
    ["src/billing/usage/rules.ts", "src/billing/usage/store.ts"],
    ["src/billing/usage/record-usage.ts", "src/billing/invoices/index.ts"],
    ["src/billing/invoices/sync.ts", "src/billing/usage/record-usage.ts"],
    ["src/billing/usage/record-usage.ts", "src/stripe/live.ts"],
    ["src/billing/usage/record-usage.ts", "src/stripe/gateway.ts"],
    ["src/server/api/routers/usage.ts", "src/billing/usage/store.ts"],
    ["src/server/rest/usage.ts", "src/db/client.ts"],
    ["src/app/page.tsx", "src/billing/usage/index.ts"],
    ["src/app/price.client.tsx", "src/server/api/root.ts"],
    ["src/ui/table.tsx", "src/db/client.ts"],
    ["src/sandbox/server.ts", "src/billing/kernel/money.ts"],
    ["src/sdk/index.ts", "src/billing/usage/model.ts"],
    ["src/env.ts", "src/billing/kernel/log.ts"],
  ])("keeps %s from %s", (from, to) => {
    expect(judge(from, to)).not.toBeNull();
  });

  it("lets types through where only the shape is needed", () => {
    expect(judge("src/billing/usage/record-usage.ts", "src/stripe/gateway.ts", true)).toBeNull();
    expect(judge("src/app/price.client.tsx", "src/server/api/root.ts", true)).toBeNull();
    expect(judge("src/billing/usage/rules.ts", "src/db/client.ts", true)).not.toBeNull();
  });
});
