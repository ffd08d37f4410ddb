/** Stripe's webhook signature: HMAC-SHA256 over "time.body" with the whole `whsec_…` text as key. */
import { createHmac } from "node:crypto";

/** The value of the Stripe-Signature header; one `v1` per valid secret, so that a secret can be rotated. */
export function signatureHeader(body: string, secrets: readonly string[], timeSeconds: number): string {
  const signatures = secrets.map(
    (secret) => `v1=${createHmac("sha256", secret).update(`${timeSeconds}.${body}`, "utf8").digest("hex")}`,
  );
  return [`t=${timeSeconds}`, ...signatures].join(",");
}
