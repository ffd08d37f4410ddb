/**
 * The web server: one listener. What services call (/api/v1) goes to Hono directly, because a Next route handler serves a
 * small part of what plain Node does; pages, tRPC, sign-in and Stripe's webhooks go to Next.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import next from "next";
import { EnvironmentProblems, env } from "@/env";
import { createRuntime } from "./context";
import { createRestApp } from "./rest/app";

const GRACE_MS = 5_000;

async function serve(): Promise<void> {
  const settings = env();
  const { host, port, production } = settings;
  const runtime = await createRuntime(settings, { name: "quittance web", connectionLimit: 10 });
  const rest = getRequestListener(createRestApp(runtime).fetch);
  const server = createServer();
  const pages = next({ dev: !production, dir: process.cwd(), hostname: host, port, httpServer: server });
  await pages.prepare();
  const page = pages.getRequestHandler();

  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const handled = isRest(request.url ?? "/") ? rest(request, response) : page(request, response);
    Promise.resolve(handled).catch((error: unknown) => {
      runtime.log.error({ err: error, path: request.url }, "A request broke");
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    });
  });
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 66_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  process.stdout.write(`${JSON.stringify({ ready: true, url: settings.publicUrl })}\n`);

  const stop = async () => {
    // While developing nobody waits for an answer that matters, and the hot-reload connection never ends by itself.
    if (!production) process.exit(0);
    // Requests under way may finish; connections that only wait are closed.
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    await closed;
    clearTimeout(late);
    await pages.close();
    await runtime.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
}

function isRest(url: string): boolean {
  return /^\/api\/v1(?:[/?]|$)/.test(url);
}

try {
  await serve();
} catch (error) {
  const known = error instanceof EnvironmentProblems || (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  process.stderr.write(`${error instanceof Error ? (known ? error.message : error.stack) : String(error)}\n`);
  process.exit(1);
}
