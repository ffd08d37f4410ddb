/** Sends typed card data to the sandbox, from the frame. The page gives the purpose and what else belongs to the call. */
import { callApi } from "../shared/api";
import { isJson, type Parameters, type ParameterValue, type Purpose, type Reply } from "../shared/protocol";

function isParameters(value: ParameterValue): value is Parameters {
  return isJson(value);
}

/** Parameters of both sides, nested ones merged; what the page says wins over what was typed. */
function merge(typed: Parameters, fromPage: Parameters): Parameters {
  const merged: Parameters = { ...typed };
  for (const [name, value] of Object.entries(fromPage)) {
    const own = merged[name];
    if (value === undefined) continue;
    merged[name] = isParameters(own) && isParameters(value) ? merge(own, value) : value;
  }
  return merged;
}

function parametersFor(purpose: Purpose, method: Parameters, parameters: Parameters): Parameters {
  if (purpose.to === "payment_method") return merge(method, parameters);
  if (purpose.to === "token") return { card: { ...parameters, ...(isParameters(method.card) ? method.card : {}) } };
  if (purpose.to === "cvc_token") return { cvc_update: method };
  const { payment_method_data: data, ...rest } = parameters;
  const isDebit = method.type !== "card" && purpose.to !== "confirmation_token" && rest.mandate_data === undefined;
  const accepted = { customer_acceptance: { type: "online", online: { infer_from_client: true } } };
  return {
    ...rest,
    ...(isDebit ? { mandate_data: accepted } : {}),
    payment_method_data: merge(method, isParameters(data) ? data : {}),
  };
}

function pathFor(purpose: Purpose): string {
  switch (purpose.to) {
    case "payment_method":
      return "/v1/payment_methods";
    case "confirmation_token":
      return "/v1/confirmation_tokens";
    case "token":
    case "cvc_token":
      return "/v1/tokens";
    case "payment_intent":
    case "setup_intent":
      return `/v1/${purpose.to}s/${encodeURIComponent(purpose.id)}/confirm`;
  }
}

/** Makes the call; the answer holds what the API says, which never includes the number. */
export function sendMethod(key: string, purpose: Purpose, method: Parameters, parameters: Parameters): Promise<Reply> {
  return callApi("", key, "POST", pathFor(purpose), parametersFor(purpose, method, parameters));
}
