/** API keys: shown once, kept as a hash, ended at once, and never good for more than their tenant. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { shareWorld } from "@/testing/world";
import { INSTALLATION, listAudit } from "../audit";
import { fixedClock } from "../kernel/clock";
import { authenticateApiKey, createApiKey, listApiKeys, revokeApiKey } from ".";
import { newApiKey } from "./rules";

const world = shareWorld();

const AT = new Date("2026-02-01T12:00:00Z");
const seconds = (count: number) => new Date(AT.getTime() + count * 1_000);

function authenticate(key: string, now: Date = AT) {
  return authenticateApiKey(world.db, fixedClock(now), key);
}

async function keyOf(tenantId: string | null, name = "ci") {
  return createApiKey(world.ctx, { tenantId, name });
}

/** In how many rows of the whole database a text stands, in whatever column. */
async function rowsWith(text: string): Promise<number> {
  const { rows: tables } = await world.db.pool.query(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  expect(tables.length).toBeGreaterThan(20);
  let found = 0;
  for (const { name } of tables) {
    const query = `select count(*)::int as count from "${name}" one where position($1 in one::text) > 0`;
    found += (await world.db.pool.query(query, [text])).rows[0].count;
  }
  return found;
}

describe("createApiKey", () => {
  it("shows the key once and keeps its hash: the key in clear is nowhere in the database", async () => {
    const tenant = await world.tenant();
    const { key, view } = await keyOf(tenant.id);
    expect(view).toEqual({
      ...{ id: expect.stringMatching(/^key_/), name: "ci", tenantId: tenant.id, display: expect.any(String) },
      ...{ createdAt: expect.any(Date), lastUsedAt: null, revokedAt: null },
    });
    await authenticate(key);
    const secret = key.slice("qk_".length);
    for (const clear of [key, secret, secret.slice(0, 16), secret.slice(-16)]) expect(await rowsWith(clear)).toBe(0);
    // The search finds what is there, so that finding nothing means something.
    expect(await rowsWith(createHash("sha256").update(key).digest("hex"))).toBe(1);
    expect(await rowsWith(view.display)).toBe(2);
  });

  it("tells the audit log of the tenant, or of the installation for an operator's key", async () => {
    const tenant = await world.tenant();
    for (const [tenantId, book] of [
      [tenant.id, tenant.id],
      [null, INSTALLATION],
    ] as const) {
      const { view } = await keyOf(tenantId, "deploy");
      const [entry] = await listAudit(world.ctx, { tenantId: book, limit: 1 });
      const details = { name: "deploy", display: view.display };
      expect(entry).toMatchObject({ action: "api_key.create", target: `api_key:${view.id}`, details });
    }
  });

  it("refuses a tenant that does not exist", async () => {
    await expect(keyOf("ten_unknown")).rejects.toMatchObject({ code: "tenant.not_found" });
  });
});

describe("authenticateApiKey", () => {
  it("knows whose key it is", async () => {
    const tenant = await world.tenant();
    const { key, view } = await keyOf(tenant.id, "usage reporter");
    const actor = { kind: "api_key", keyId: view.id, tenantId: tenant.id, label: "usage reporter" };
    expect(await authenticate(key)).toEqual(actor);
    const operator = await keyOf(null, "back office");
    expect(await authenticate(operator.key)).toMatchObject({ keyId: operator.view.id, tenantId: null });
  });

  it.each<[string, (key: string) => string]>([
    ["nothing", () => ""],
    ["a well-formed key that was never made", () => newApiKey()],
    ["its last character wrong", (key) => key.slice(0, -1) + (key.endsWith("0") ? "1" : "0")],
    ["its letters in other case", (key) => key.toUpperCase()],
    ["a blank behind it", (key) => `${key} `],
    ["a zero byte", (key) => `${key}\u0000`],
    ["its hash", (key) => createHash("sha256").update(key).digest("hex")],
    ["what lists show of it", (key) => `${key.slice(0, 7)}…${key.slice(-4)}`],
  ])("does not know %s", async (_what, spoil) => {
    const { key } = await keyOf((await world.tenant()).id);
    expect(await authenticate(spoil(key))).toBeNull();
    expect(await authenticate(key)).not.toBeNull();
  });

  it("refuses the key of a deleted tenant", async () => {
    const tenant = await world.tenant();
    const { key } = await keyOf(tenant.id);
    await world.db.prisma.tenant.update({ where: { id: tenant.id }, data: { deletedAt: AT } });
    expect(await authenticate(key)).toBeNull();
  });

  it("notes its use at most once a minute, also when the clock was set back", async () => {
    const tenant = await world.tenant();
    const { key } = await keyOf(tenant.id);
    const lastUsedAt = async (now: Date) => {
      await authenticate(key, now);
      return (await listApiKeys(world.ctx, tenant.id))[0]?.lastUsedAt;
    };
    expect(await lastUsedAt(AT)).toEqual(AT);
    expect(await lastUsedAt(seconds(1))).toEqual(AT);
    expect(await lastUsedAt(seconds(60))).toEqual(AT);
    expect(await lastUsedAt(seconds(61))).toEqual(seconds(61));
    expect(await lastUsedAt(seconds(-3_600))).toEqual(seconds(-3_600));
  });
});

describe("revokeApiKey", () => {
  it("ends the key at once and no other; again it changes nothing", async () => {
    const tenant = await world.tenant();
    const [ended, other] = [await keyOf(tenant.id, "old"), await keyOf(tenant.id, "new")];
    const revoke = () => revokeApiKey(world.ctx, { tenantId: tenant.id, keyId: ended.view.id });
    const view = await revoke();
    expect(view).toMatchObject({ id: ended.view.id, revokedAt: expect.any(Date) });
    expect(await authenticate(ended.key)).toBeNull();
    expect(await authenticate(other.key)).not.toBeNull();
    expect(await revoke()).toEqual(view);
    const entries = await listAudit(world.ctx, { tenantId: tenant.id, limit: 10 });
    expect(entries.filter((entry) => entry.action === "api_key.revoke")).toHaveLength(1);
  });

  it("refuses the keys of others: another tenant's, an operator's, one that never was", async () => {
    const [mine, theirs] = [await world.tenant(), await world.tenant()];
    const [their, operators] = [await keyOf(theirs.id), await keyOf(null)];
    for (const keyId of [their.view.id, operators.view.id, "key_unknown"]) {
      const revoking = revokeApiKey(world.ctx, { tenantId: mine.id, keyId });
      await expect(revoking).rejects.toMatchObject({ kind: "not_found", code: "auth.unknown_key" });
    }
    const asOperator = revokeApiKey(world.ctx, { tenantId: null, keyId: their.view.id });
    await expect(asOperator).rejects.toMatchObject({ code: "auth.unknown_key" });
    expect(await authenticate(their.key)).not.toBeNull();
    expect(await authenticate(operators.key)).not.toBeNull();
  });
});

describe("listApiKeys", () => {
  it("lists a tenant's own keys, newest first, revoked ones too, and operators' keys apart", async () => {
    const [mine, theirs] = [await world.tenant(), await world.tenant()];
    const first = await keyOf(mine.id, "first");
    await keyOf(theirs.id, "theirs");
    await keyOf(null, "operators");
    await world.advance("1 day");
    await keyOf(mine.id, "second");
    await revokeApiKey(world.ctx, { tenantId: mine.id, keyId: first.view.id });
    const names = async (tenantId: string | null) => (await listApiKeys(world.ctx, tenantId)).map((key) => key.name);
    expect(await names(mine.id)).toEqual(["second", "first"]);
    expect(await names(theirs.id)).toEqual(["theirs"]);
    expect(await names(null)).toContain("operators");
    expect(await names(null)).not.toContain("first");
  });
});
