/**
 * Whether a request that may change something comes from our own pages.
 *
 * Browsers say so themselves in Sec-Fetch-Site; older ones send Origin. A request with neither is not from a page of ours,
 * and the literal origin "null" (sandboxed frames, redirects) is refused.
 */
export function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin !== null && origin !== "null" && origin === new URL(publicUrl).origin;
}
