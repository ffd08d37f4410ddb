/** The page a customer is redirected to when a server, not a browser library, confirmed with a return_url. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../http/listener";
import type { ControlContext } from "./control";
import { endAuthentication } from "./payments";

const prefix = "/_sandbox/authentications/";

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>3D Secure test page</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 28rem; margin: 15vh auto; padding: 0 1.5rem; color: #1c1b19; }
  button { font: inherit; padding: .5rem 1rem; margin-right: .5rem; border: 1px solid; background: none; cursor: pointer; }
</style>
<h1>3D Secure</h1>
<p>This is the test page of the local Stripe sandbox. A bank would ask its customer here.</p>
<form method="post">
  <button name="outcome" value="succeed" data-testid="authentication-complete">Complete authentication</button>
  <button name="outcome" value="fail" data-testid="authentication-fail">Fail authentication</button>
</form>
</html>
`;

/** Serves the page and takes its answer; false when the request is for something else. */
export async function handleAuthenticationPage(
  context: ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { pathname } = new URL(request.url ?? "/", "http://sandbox");
  if (!pathname.startsWith(prefix)) return false;
  if (request.method !== "POST") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(page);
    return true;
  }
  const outcome = new URLSearchParams((await readBody(request)) ?? "").get("outcome");
  try {
    const clientSecret = decodeURIComponent(pathname.slice(prefix.length));
    const { returnTo } = context.store.transaction((tx) => endAuthentication(tx, clientSecret, outcome === "succeed"));
    await context.store.durable();
    response.writeHead(303, { location: returnTo ?? "/" });
    response.end();
  } catch (error) {
    response.writeHead(400, { "content-type": "text/plain; charset=utf-8" });
    response.end(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  return true;
}
