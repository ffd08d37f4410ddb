/** The steps of a start, in order. A step says in a few words what it did. */
import { generateClient } from "@/db/generate";
import { applyMigrations } from "@/db/migrate";
import { HANDLED_EVENT_TYPES } from "@/stripe/events";
import { buildIfChanged } from "./build";
import type { Installation } from "./installation";

/** One line of progress. */
export interface Step {
  readonly name: string;
  run(): Promise<string | null>;
}

/** What has to be done for this installation. */
export function steps(installation: Installation): Step[] {
  const { options, settings, root } = installation;
  const prepare = [prismaClient(installation)];
  if (options.only === "client") return prepare;
  const build: Step = {
    name: "production build",
    run: async () => {
      const built = await buildIfChanged(root, installation.processes, installation.buildEnvironment());
      return built ? "built" : "sources unchanged";
    },
  };
  if (options.only === "build") return [...prepare, build];
  return [
    ...prepare,
    ...(options.dev ? [] : [build]),
    ...(settings.databaseUrl === null ? [embeddedDatabase(installation)] : []),
    migrations(installation),
    ...(settings.mode === "sandbox" ? [sandbox(installation)] : []),
    catalog(installation),
    servers(installation),
  ];
}

function prismaClient({ root }: Installation): Step {
  return { name: "Prisma client", run: async () => ((await generateClient(root)) ? "generated" : "schema unchanged") };
}

function embeddedDatabase(installation: Installation): Step {
  return { name: "embedded PostgreSQL", run: () => installation.startDatabase() };
}

function migrations(installation: Installation): Step {
  return {
    name: "migrations",
    run: async () => {
      const applied = await applyMigrations(installation.databaseUrl);
      return applied.length > 0 ? `applied ${applied.length}` : "up to date";
    },
  };
}

function sandbox(installation: Installation): Step {
  const { processes, settings, dataDir } = installation;
  return {
    name: "Stripe sandbox",
    run: async () => {
      const ready = await processes.start({
        name: "sandbox",
        args: installation.program("sandbox", [
          "--port",
          String(settings.sandboxPort),
          "--data",
          `${dataDir}/sandbox`,
          "--json",
          "--webhook-url",
          `${installation.localUrl}/api/webhooks/stripe`,
          "--webhook-secret",
          installation.sandboxWebhookSecret,
          "--webhook-events",
          HANDLED_EVENT_TYPES.join(","),
        ]),
        env: installation.sandboxEnvironment(),
      });
      installation.useSandbox(String(ready.url));
      return String(ready.url);
    },
  };
}

function catalog(installation: Installation): Step {
  return {
    name: "catalog",
    run: async () => {
      const args = installation.program("quittance", ["catalog", "apply"]);
      let said: string | null = null;
      await installation.processes.run({ name: "catalog", args, env: installation.environment() }, (line) => {
        said = line;
      });
      return said;
    },
  };
}

function servers(installation: Installation): Step {
  const { processes, settings } = installation;
  return {
    name: "web server, worker",
    run: async () => {
      const env = installation.environment();
      await Promise.all([
        processes.start({ name: "web server", args: installation.program("server"), env, readyLimitMs: 60_000 }),
        processes.start({ name: "worker", args: installation.program("worker"), env }),
      ]);
      return settings.publicUrl;
    },
  };
}
