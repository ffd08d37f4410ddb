/** Databases for tests: each suite gets an empty, migrated one of its own, so that suites may run side by side. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "@/db/client";
import { share } from "./share";

/** An open database together with its address, for tests that start a process of their own. */
export interface TestDatabase extends Database {
  readonly url: string;
}

/** A fresh database for all cases of the suite that calls this. */
export function shareDatabase(): TestDatabase {
  return share(createTestDatabase);
}

/** A fresh copy of the migrated template. `close` drops it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = inject("databaseServerUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await onServer(serverUrl, `create database ${name} template ${inject("databaseTemplate")}`);
  const address = new URL(serverUrl);
  address.pathname = `/${name}`;
  const database = openDatabase(address.href, { applicationName: "quittance test", connectionLimit: 8 });
  return {
    ...database,
    url: address.href,
    close: async () => {
      await database.close();
      await onServer(serverUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
