/** Calls to the sandbox's API from a browser: publishable key, form encoding, Stripe's error objects. */
import { type ApiError, isJson, type Parameters, type ParameterValue, type Reply } from "./protocol";

const apiVersion = "2026-10-28.endive";

function append(form: URLSearchParams, name: string, value: ParameterValue): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const [place, item] of value.entries()) append(form, `${name}[${place}]`, item);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) append(form, `${name}[${key}]`, inner);
  } else {
    form.append(name, value === null ? "" : String(value));
  }
}

/** Parameters in Stripe's form notation: nested names in brackets, list items numbered, null as empty. */
export function encodeForm(parameters: Parameters): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) append(form, name, value);
  return form;
}

function unreachable(): ApiError {
  return {
    type: "api_connection_error",
    message: "The payment service could not be reached. Check your connection and try again.",
  };
}

/** Calls the API. Never rejects: what goes wrong comes back as an error object. */
export async function callApi(
  baseUrl: string,
  publishableKey: string,
  method: "GET" | "POST",
  path: string,
  parameters: Parameters,
): Promise<Reply> {
  const form = encodeForm(parameters);
  const query = method === "GET" && form.size > 0 ? `?${form}` : "";
  try {
    const response = await fetch(`${baseUrl}${path}${query}`, {
      method,
      headers: { Authorization: `Bearer ${publishableKey}`, "Stripe-Version": apiVersion },
      ...(method === "POST" ? { body: form } : {}),
    });
    const body: unknown = await response.json();
    if (!isJson(body)) return { error: unreachable() };
    if (response.ok) return { object: body };
    const error = isJson(body.error) ? body.error : {};
    return { error: { ...error, type: typeof error.type === "string" ? error.type : "api_error" } };
  } catch {
    return { error: unreachable() };
  }
}
