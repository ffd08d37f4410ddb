/**
 * Serves the stand-in for Stripe.js and its frames: the script for pages, one document for all frames, its script and its
 * sheet.
 *
 * The browser code is TypeScript beside this file and is bundled by esbuild when it is first asked for, then kept: so the
 * sandbox needs no build step of its own, runs from source and from a bundle alike, and never serves something stale from
 * a disk. A bundle of the server (dist/sandbox.js) finds the sources from the project it was built in, or, where there are
 * none, ready files that `writeBrowserFiles` put beside it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const files = {
  "stripe.js": { entry: "host/main.ts", type: "text/javascript; charset=utf-8" },
  "frame.js": { entry: "frame/main.ts", type: "text/javascript; charset=utf-8" },
  "frame.css": { entry: "frame/frame.css", type: "text/css; charset=utf-8" },
} as const;

type FileName = keyof typeof files;

const here = fileURLToPath(new URL(".", import.meta.url));
const sourceCandidates = [
  join(here, "client"),
  join(here, "../src/sandbox/browser/client"),
  join(process.cwd(), "src/sandbox/browser/client"),
];
const readyDirectory = join(here, "browser");

const scriptPaths = new Set(["/stripe.js", "/v3", "/v3/", "/endive/stripe.js"]);
const framePath =
  /^\/elements\/(payment|card|cardNumber|cardExpiry|cardCvc|iban|address|linkAuthentication|threeDSecure|bankLogin)$/;

const built = new Map<FileName, string>();

/** The source directory of the browser code, or null in an installation that has only ready files. */
function findSources(): string | null {
  return sourceCandidates.find((candidate) => existsSync(join(candidate, files["stripe.js"].entry))) ?? null;
}

function build(name: FileName): string {
  const sources = findSources();
  if (sources === null) return readFileSync(join(readyDirectory, name), "utf8");
  const result = buildSync({
    entryPoints: [join(sources, files[name].entry)],
    bundle: true,
    write: false,
    minify: true,
    format: name === "frame.css" ? undefined : "iife",
    target: ["chrome111", "firefox121", "safari16.4"],
    // The project's own settings (aliases, JSX) are none of the browser code's business.
    tsconfigRaw: "{}",
    logLevel: "silent",
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${name}.`);
  return file.text;
}

function content(name: FileName): string {
  const known = built.get(name) ?? build(name);
  built.set(name, known);
  return known;
}

/** Writes the bundled browser files into `directory`/browser, for a server bundle that leaves the project. */
export function writeBrowserFiles(directory: string): void {
  mkdirSync(join(directory, "browser"), { recursive: true });
  for (const name of Object.keys(files) as FileName[]) writeFileSync(join(directory, "browser", name), content(name));
}

const frameDocument = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Stripe sandbox: secure input</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/elements/frame.css">
<script src="/elements/frame.js" defer></script>
</head>
<body></body>
</html>
`;

/**
 * A frame runs our script and talks to our origin, nothing else; fonts and their sheets may come from the page's origin.
 * Any page may embed it, as pages of any origin embed Stripe's.
 */
const framePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline' http: https:",
  "font-src http: https: data:",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function fileAt(path: string): FileName | null {
  if (scriptPaths.has(path)) return "stripe.js";
  const name = path.startsWith("/elements/") ? path.slice("/elements/".length) : "";
  return name === "frame.js" || name === "frame.css" ? name : null;
}

function send(request: IncomingMessage, response: ServerResponse, headers: Record<string, string>, body: string): void {
  response.writeHead(200, {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
    "content-length": String(Buffer.byteLength(body)),
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Answers requests for browser files; false when the URL is none of them. */
export function handleBrowserAsset(request: IncomingMessage, response: ServerResponse, baseUrl: string): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  const { pathname } = new URL(request.url ?? "/", baseUrl);
  const name = fileAt(pathname);
  if (name !== null) {
    send(request, response, { "content-type": files[name].type, "access-control-allow-origin": "*" }, content(name));
    return true;
  }
  if (!framePath.test(pathname)) return false;
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": framePolicy };
  send(request, response, headers, frameDocument);
  return true;
}
