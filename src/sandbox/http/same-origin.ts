/**
 * Keeps other websites' pages from pressing the sandbox's buttons: a browser at work on a foreign page can reach the
 * loopback address too, with forms and without being asked.
 */
import type { IncomingMessage } from "node:http";

const loopbackHost = /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/i;

/** Whether a browser sent this from a page that is not the sandbox's own. Programs send neither header and are none. */
export function isForeign({ headers }: Pick<IncomingMessage, "headers">): boolean {
  if (!loopbackHost.test(headers.host ?? "")) return true;
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  return origin !== undefined && origin !== `http://${headers.host}`;
}
