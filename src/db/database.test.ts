import { describe, expect, it } from "vitest";
import { createTestDatabase, shareDatabase } from "@/testing/database";
import { applyMigrations, findDrift, missingMigration, pendingMigrations } from "./migrate";
import { inTransaction, isTransactionConflict } from "./transaction";

const database = shareDatabase();

const tenant = (id: string) => ({
  id,
  slug: id,
  name: id,
  billingEmail: `${id}@example.test`,
  createdAt: new Date("2026-01-01T00:00:00Z"),
});

const auditEntry = (id: string) => ({
  tenantId: "tenant_books",
  id,
  occurredAt: new Date("2026-01-01T00:00:00Z"),
  actor: "system:test",
  action: "test.write",
  target: "test:1",
  reason: "to be kept",
  details: {},
});

describe("migrations", () => {
  it("say what the schema folder says", async () => {
    expect(await missingMigration(database.url)).toBeNull();
  });

  it("leave a database without drift and without pending ones, and may be applied again", async () => {
    expect(await findDrift(database.url)).toBeNull();
    expect(await pendingMigrations(database.url)).toEqual([]);
    expect(await applyMigrations(database.url)).toEqual([]);
  });

  it("notice a database that was changed by hand", async () => {
    const changed = await createTestDatabase();
    await changed.pool.query("alter table tenants add column nickname text");
    expect(await findDrift(changed.url)).toContain("nickname");
    await changed.close();
  });

  it("are applied once by processes that start together", async () => {
    const empty = await createTestDatabase();
    await empty.pool.query("drop schema public cascade; create schema public");
    const applied = await Promise.all([1, 2, 3].map(() => applyMigrations(empty.url)));
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await pendingMigrations(empty.url)).toEqual([]);
    await empty.close();
  });
});

describe("books", () => {
  it("can be written and neither changed nor removed", async () => {
    await database.prisma.auditEntry.create({ data: auditEntry("entry_1") });
    const change = database.pool.query("update audit_entries set reason = 'other'");
    await expect(change).rejects.toThrow("audit_entries is append only: UPDATE refused");
    await expect(database.prisma.auditEntry.deleteMany()).rejects.toThrow("append only");
    await expect(database.pool.query("truncate usage_events")).rejects.toThrow("append only");
    expect(await database.prisma.auditEntry.count()).toBe(1);
  });
});

describe("inTransaction", () => {
  it("undoes everything when the work fails", async () => {
    const work = inTransaction(database.prisma, async (transaction) => {
      await transaction.tenant.create({ data: tenant("undone") });
      throw new Error("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
    expect(await database.prisma.tenant.findUnique({ where: { id: "undone" } })).toBeNull();
  });

  it("joins the transaction it is called in", async () => {
    const work = inTransaction(database.prisma, async (outer) => {
      await inTransaction(outer, (inner) => inner.tenant.create({ data: tenant("joined") }));
      throw new Error("the outer one fails later");
    });
    await expect(work).rejects.toThrow("the outer one fails later");
    expect(await database.prisma.tenant.findUnique({ where: { id: "joined" } })).toBeNull();
  });

  it("runs again what PostgreSQL undid because of a neighbour", async () => {
    await database.prisma.tenant.create({ data: { ...tenant("counter"), name: "0" } });
    let runs = 0;
    // All three read before any writes, so that two of them must be undone.
    let release = () => {};
    const allHaveRead = new Promise<void>((resolve) => {
      release = resolve;
    });
    const increment = () =>
      inTransaction(
        database.prisma,
        async (transaction) => {
          runs += 1;
          const row = await transaction.tenant.findUniqueOrThrow({ where: { id: "counter" } });
          if (runs === 3) release();
          await allHaveRead;
          await transaction.tenant.update({ where: { id: "counter" }, data: { name: String(Number(row.name) + 1) } });
        },
        { isolation: "Serializable" },
      );
    await Promise.all([increment(), increment(), increment()]);
    expect(await database.prisma.tenant.findUnique({ where: { id: "counter" } })).toMatchObject({ name: "3" });
    expect(runs).toBeGreaterThan(3);
  });

  it("knows a conflict from another failure", () => {
    expect(isTransactionConflict(Object.assign(new Error("deadlock"), { code: "40P01" }))).toBe(true);
    expect(isTransactionConflict(Object.assign(new Error("duplicate"), { code: "23505" }))).toBe(false);
    expect(isTransactionConflict("40001")).toBe(false);
  });
});
