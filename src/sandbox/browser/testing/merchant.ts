/** Serves the merchant's page of testing/page.tsx from an origin of its own, and drives a real browser at it. */
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import chromiumBinary from "@sparticuz/chromium";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright";

const fontFile = createRequire(import.meta.url).resolve(
  "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
);

/** The merchant's running server. */
export interface Merchant {
  url: string;
  /** Addresses and bodies the merchant's server was sent. */
  received: string[];
  close(): Promise<void>;
}

function pageDocument(sandboxUrl: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Merchant</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>
body{--paper:#fbfaf7;--ink:#1f1d1a;--edge:#d9d5cc;margin:0;padding:24px;background:var(--paper);color:var(--ink);font:16px/1.5 ui-sans-serif,system-ui,sans-serif}
body[data-dark=true]{--paper:#17191d;--ink:#eceef1;--edge:#3a3f47}main{max-width:520px;margin:auto}h1{font-size:22px;font-weight:600;margin:0 0 20px}
form{display:grid;gap:20px}form>.StripeElement:has(iframe[title*="card "]),form>.StripeElement:has(iframe[title*=expiration]),form>.StripeElement:has(iframe[title*=CVC]){padding:12px;border:1px solid var(--edge);border-radius:6px}
button{font:inherit;min-height:44px;border-radius:6px;border:1px solid var(--edge);background:var(--ink);color:var(--paper);cursor:pointer}
output{overflow-wrap:anywhere;font:12px/1.4 ui-monospace,monospace}
</style><script src="${sandboxUrl}/stripe.js"></script></head><body><div id="root"></div><script src="/page.js"></script></body></html>`;
}

/** A sheet with a font, and the font: open to the frames, which come from another origin. */
function serveFont(pathname: string, response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*");
  const isSheet = pathname === "/fonts.css";
  response.setHeader("content-type", isSheet ? "text/css" : "font/woff2");
  response.end(isSheet ? '@font-face{font-family:"Sheet";src:url("/font.woff2")}' : readFileSync(fontFile));
}

/** Starts the merchant's server for pages that talk to the sandbox. */
export async function startMerchant(sandboxUrl: string): Promise<Merchant> {
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL("./page.tsx", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"development"' },
    tsconfigRaw: "{}",
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  const received: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://merchant");
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString("utf8");
    });
    request.on("end", () => received.push(`${request.url} ${body}`));
    const isScript = pathname === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    if (pathname.startsWith("/font")) {
      serveFont(pathname, response);
      return;
    }
    if (pathname === "/done") response.end("<!doctype html><title>Done</title><h1>Thank you</h1>");
    else response.end(isScript ? script : pageDocument(sandboxUrl));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, received, close };
}

/**
 * Chromium as it comes from npm, without the arguments it brings for other homes: those turn off the very separation of
 * origins that the tests are about, and a single process hangs on the second page.
 */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: await chromiumBinary.executablePath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

/** A POST to the sandbox with the secret key, as the merchant's server makes it. */
export async function postAsServer(
  sandboxUrl: string,
  path: string,
  parameters: Record<string, string>,
): Promise<{ id: string; client_secret: string; status: string }> {
  const response = await fetch(`${sandboxUrl}${path}`, {
    method: "POST",
    headers: { Authorization: "Bearer sk_test_sandbox" },
    body: new URLSearchParams(parameters),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as { id: string; client_secret: string; status: string };
}
