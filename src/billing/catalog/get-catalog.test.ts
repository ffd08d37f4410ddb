/** The catalog kept in memory: it saves reads and never hides what has been applied for longer than a moment. */
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createTestDatabase } from "@/testing/database";
import { shareWorld } from "@/testing/world";
import { applyCatalog, findPlanVersion, getCatalog, loadCatalogFile } from ".";

const world = shareWorld();

describe("getCatalog", () => {
  it("reads once for calls that follow each other, and sees at once what this process applies", async () => {
    const first = await getCatalog(world.ctx);
    expect(first.key).toBe("dnalang");
    expect(await getCatalog(world.ctx)).toBe(first);
    await applyCatalog(world.ctx, await loadCatalogFile("daur"));
    expect((await getCatalog(world.ctx)).key).toBe("daur");
  });

  it("sees within two seconds what another process applied", async () => {
    await applyCatalog(world.ctx, await loadCatalogFile("daur"));
    const other = { ...world.ctx, db: { ...world.db } };
    expect((await getCatalog(other)).key).toBe("daur");
    await applyCatalog(world.ctx, await loadCatalogFile("dnalang"));
    expect((await getCatalog(other)).key).toBe("daur");
    await pause(2_100);
    expect((await getCatalog(other)).key).toBe("dnalang");
  });

  it("refuses before the first catalog, and does not remember that there was none", async () => {
    const db = await createTestDatabase();
    try {
      const ctx = { ...world.ctx, db };
      await expect(getCatalog(ctx)).rejects.toMatchObject({ kind: "precondition", code: "catalog.not_applied" });
      await expect(findPlanVersion(ctx, "free@1")).rejects.toMatchObject({ code: "catalog.unknown_plan" });
      await applyCatalog({ ...ctx, db: { ...db } }, await loadCatalogFile("dnalang"));
      expect((await getCatalog(ctx)).key).toBe("dnalang");
      expect((await findPlanVersion(ctx, "free@1")).planKey).toBe("free");
    } finally {
      await db.close();
    }
  });

  it("tries the database again after a failure", async () => {
    const db = { ...world.db, prisma: Object.create(world.db.prisma) };
    Object.defineProperty(db.prisma, "catalogState", {
      configurable: true,
      value: { findUnique: () => Promise.reject(new Error("The connection was cut.")) },
    });
    await expect(getCatalog({ db })).rejects.toThrow("The connection was cut.");
    db.prisma = world.db.prisma;
    expect((await getCatalog({ db })).key).toBe("dnalang");
  });
});
