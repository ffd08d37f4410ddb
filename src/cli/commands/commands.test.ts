/** Commands against a database and a sandbox: what people read, what scripts read, and with which code they end. */
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { loadCatalogFile } from "@/billing/catalog";
import { authenticateApiKey, createApiKey, listApiKeys } from "@/billing/tenants";
import { stubEnvironment } from "@/testing/stub-environment";
import { shareWorld } from "@/testing/world";
import { registerCatalog } from "./catalog";
import { registerKeys } from "./keys";
import { registerTenants } from "./tenants";

const world = shareWorld();
beforeAll(async () => {
  await world.tenant({ slug: "acme", name: "Acme Labs", plan: "professional" });
  await world.tenant({ slug: "bolt", name: "Bolt" });
});
stubEnvironment(() => ({ DATABASE_URL: world.db.url, SANDBOX_URL: world.sandbox.url, LOG_LEVEL: "silent" }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs a command as the terminal would, and gives back what it printed. */
async function run(...words: string[]): Promise<string> {
  let printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const program = new Command("quittance").exitOverride().option("--json");
  for (const register of [registerCatalog, registerKeys, registerTenants]) register(program);
  await program.parseAsync(words, { from: "user" });
  vi.restoreAllMocks();
  return printed;
}

const json = async (...words: string[]) => JSON.parse(await run(...words, "--json"));
const lines = async (...words: string[]) => (await run(...words)).trimEnd().split("\n");

describe("tenants list", () => {
  it("is a table for people", async () => {
    const [head, acme, bolt, ...rest] = await lines("tenants", "list");
    expect(head).toMatch(/^Slug {2,}Name {2,}Plan {2,}Status {2,}A month {2,}Id$/);
    expect(acme).toMatch(/^acme {2,}Acme Labs {2,}Professional {2,}active {2,}\$299\.00 {2,}ten_\w+$/);
    expect(bolt).toMatch(/^bolt {2,}Bolt {2,}Free {2,}free {2,}\$0\.00 {2,}ten_\w+$/);
    expect(acme?.indexOf("Professional")).toBe(head?.indexOf("Plan"));
    expect(rest).toEqual(["", "2 tenants."]);
  });

  it("is one JSON value for scripts, a page at a time", async () => {
    const first = await json("tenants", "list", "--limit", "1");
    expect(first).toMatchObject({
      tenants: [
        { slug: "acme", name: "Acme Labs", email: "billing@acme.example", plan: "professional", mrrMinor: "29900" },
      ],
      ...{ total: 2, next: first.tenants[0].id },
    });
    const second = await json("tenants", "list", "--limit", "1", "--after", first.next);
    expect(second).toMatchObject({ tenants: [{ slug: "bolt", status: "free" }], next: null });
    expect((await lines("tenants", "list", "--limit", "1")).at(-1)).toBe(`1 of 2 tenants. More: --after ${first.next}`);
  });

  it("finds by text, plan and status, and says when nobody fits", async () => {
    const slugs = async (...words: string[]) =>
      (await json("tenants", "list", ...words)).tenants.map(({ slug }: { slug: string }) => slug);
    expect(await slugs("--find", "labs")).toEqual(["acme"]);
    expect(await slugs("--plan", "free")).toEqual(["bolt"]);
    expect(await slugs("--status", "active")).toEqual(["acme"]);
    expect(await lines("tenants", "list", "--find", "nobody")).toEqual(["No tenant fits."]);
    await expect(run("tenants", "list", "--limit", "many")).rejects.toThrow("--limit is a whole number from 1 to 200.");
  });
});

describe("keys list and keys revoke", () => {
  it("show a tenant's keys, never the key, and end one at once", async () => {
    const tenantId = (await json("tenants", "list", "--find", "bolt")).tenants[0].id;
    const { key, view } = await createApiKey(world.ctx, { tenantId, name: "usage reporter" });
    const [head, row] = await lines("keys", "list", "--tenant", "bolt");
    expect(head).toMatch(/^Id {2,}Name {2,}Key {2,}Made {2,}Last used {2,}Revoked$/);
    expect(row).toMatch(new RegExp(`^${view.id} {2,}usage reporter {2,}qk_\\S+ {2,}2026-01-15 {2,}never {2,}–$`));
    expect(await run("keys", "list", "--tenant", "bolt")).not.toContain(key);

    expect(await lines("keys", "revoke", view.id, "--tenant", "bolt")).toEqual([
      `Revoked "usage reporter" (${view.display}). Calls with it are refused from now on.`,
    ]);
    expect(await authenticateApiKey(world.db, world.clock, key)).toBeNull();
    expect(await json("keys", "list", "--tenant", "bolt")).toEqual([
      {
        ...{ id: view.id, name: "usage reporter", display: view.display, tenant: "bolt", lastUsedAt: null },
        ...{ createdAt: expect.any(String), revokedAt: expect.any(String) },
      },
    ]);
    expect(await json("keys", "revoke", view.id, "--tenant", "bolt")).toMatchObject({ id: view.id, tenant: "bolt" });
  });

  it("keep operators' keys apart", async () => {
    expect(await lines("keys", "list", "--operator")).toEqual(["There are no keys."]);
    const { view } = await createApiKey(world.ctx, { tenantId: null, name: "back office" });
    expect(await json("keys", "list", "--operator")).toMatchObject([{ id: view.id, tenant: null }]);
    const foreign = run("keys", "revoke", view.id, "--tenant", "bolt");
    await expect(foreign).rejects.toMatchObject({ code: "auth.unknown_key" });
    await run("keys", "revoke", view.id, "--operator");
    expect(await listApiKeys(world.ctx, null)).toMatchObject([{ revokedAt: expect.any(Date) }]);
  });

  it.each([
    ["list", []],
    ["list", ["--tenant", "bolt", "--operator"]],
    ["revoke", ["key_1"]],
  ])("%s %j: refused without saying whose", async (verb, words) => {
    await expect(run("keys", verb, ...words)).rejects.toThrow("Say whose");
  });
});

describe("catalog diff --exit-code", () => {
  it("ends with 0 when the catalog is in force, with 2 when something differs, and with 0 without the option", async () => {
    await run("catalog", "diff", "--file", "dnalang", "--exit-code");
    expect(process.exitCode).toBeUndefined();
    const file = join(tmpdir(), `quittance-diff-${process.pid}.json`);
    await writeFile(file, JSON.stringify({ ...(await loadCatalogFile("dnalang")), productName: "Another name" }));
    await run("catalog", "diff", "--file", file);
    expect(process.exitCode).toBeUndefined();
    expect(await json("catalog", "diff", "--file", file, "--exit-code")).toMatchObject({ hasChanges: true });
    expect(process.exitCode).toBe(2);
  });
});
