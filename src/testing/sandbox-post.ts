/** What our gateway does not do, for tests that need it done at Stripe: a coupon, a credit that nobody expected. */

/** Posts to the sandbox's API and returns the object's id. Throws when it refuses. */
export async function postToSandbox(
  sandboxUrl: string,
  path: string,
  params: Record<string, string>,
): Promise<{ id: string }> {
  const response = await fetch(`${sandboxUrl}/v1/${path}`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("sk_test_sandbox:")}` },
    body: new URLSearchParams(params),
  });
  const body: unknown = await response.json();
  if (response.ok && typeof body === "object" && body !== null && "id" in body) return { id: String(body.id) };
  throw new Error(`The sandbox refused ${path}: ${JSON.stringify(body)}`);
}
