/** `npm run db:migration -- <name>`: writes the SQL that leads from the migrations so far to the schema folder. */
import { createMigrationOffline } from "@/db/create-migration";

const name = process.argv[2] ?? "";
if (/^[a-z][a-z0-9_]*$/.test(name)) {
  const file = await createMigrationOffline(name, new Date(performance.timeOrigin + performance.now()));
  console.log(file ? `Wrote ${file}` : "The migrations already say what the schema says.");
} else {
  console.error("Name the migration in lower case with underscores: npm run db:migration -- add_credit_notes");
  process.exitCode = 1;
}
