/** Who calls: a secret or a publishable test key, by Bearer or Basic. Live keys are refused, they belong to real money. */
import { StripeError } from "./errors";

function unauthorized(message: string): StripeError {
  return new StripeError(401, { type: "invalid_request_error", message }, { beforeExecution: true });
}

function presentedKey(header: string | undefined): string {
  if (header === undefined || header === "") {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  const [scheme = "", value = ""] = header.split(" ");
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() === "basic") return Buffer.from(value, "base64").toString("utf8").split(":")[0] ?? "";
  throw unauthorized("Invalid Authorization header: use Bearer or Basic.");
}

/** The kind of key behind an Authorization header, or Stripe's 401. */
export function authenticate(header: string | undefined): "secret" | "publishable" {
  const key = presentedKey(header);
  if (/^(sk|rk)_test_\w+$/.test(key)) return "secret";
  if (/^pk_test_\w+$/.test(key)) return "publishable";
  if (/^(sk|rk|pk)_live_/.test(key)) {
    throw unauthorized("A live key was sent to the local Stripe sandbox. Use a test key; roll this one if it is real.");
  }
  throw unauthorized(`Invalid API Key provided: ${key.slice(0, 8)}${"*".repeat(Math.max(0, key.length - 8))}`);
}
