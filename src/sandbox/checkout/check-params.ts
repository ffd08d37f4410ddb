/** Which parameters of a checkout session go together. Refuses with Stripe's 400s; reads nothing but the parameters. */
import { invalidRequest, notSupported } from "../http/errors";
import type { CreateSessionParameters } from "./params";

/** Throws for the first thing that does not fit. */
export function checkParameters(params: CreateSessionParameters): void {
  checkDestinations(params);
  checkMode(params);
  if (params.customer !== undefined && params.customer_email !== undefined) {
    throw exclusive("customer", "customer_email");
  }
  if (params.allow_promotion_codes !== undefined && params.discounts !== undefined) {
    throw exclusive("allow_promotion_codes", "discounts");
  }
  if (params.allowed_payment_method_types !== undefined && params.excluded_payment_method_types !== undefined) {
    throw exclusive("allowed_payment_method_types", "excluded_payment_method_types");
  }
  if (params.customer_update !== undefined && params.customer === undefined) {
    throw invalidRequest("`customer_update` can only be used with `customer`.", { param: "customer_update" });
  }
  const collectsTaxIds = params.tax_id_collection?.enabled === true;
  if (collectsTaxIds && params.customer !== undefined && params.customer_update?.name !== "auto") {
    throw invalidRequest(
      "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.",
      { param: "customer_update[name]" },
    );
  }
}

function exclusive(one: string, other: string) {
  return invalidRequest(`You may only specify one of these parameters: ${one}, ${other}.`, { param: other });
}

function missing(param: string) {
  return invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}

/** A page of its own leads on to success_url; a form inside another page comes back to return_url, if it leaves at all. */
function checkDestinations(params: CreateSessionParameters): void {
  if (params.ui_mode === "form") throw notSupported("The ui_mode 'form'", "ui_mode");
  const isHosted = (params.ui_mode ?? "hosted_page") === "hosted_page";
  const staysInPlace = params.redirect_on_completion === "never";
  if (isHosted && params.success_url === undefined) throw missing("success_url");
  const foreign = isHosted
    ? (["return_url", "redirect_on_completion"] as const)
    : (["success_url", "cancel_url"] as const);
  for (const name of foreign) {
    if (params[name] !== undefined) {
      throw invalidRequest(`\`${name}\` can not be used with \`ui_mode: ${params.ui_mode ?? "hosted_page"}\`.`, {
        param: name,
      });
    }
  }
  if (!isHosted && staysInPlace && params.return_url !== undefined) {
    throw invalidRequest("You can not pass `return_url` when `redirect_on_completion` is `never`.", {
      param: "return_url",
    });
  }
  if (!isHosted && !staysInPlace && params.return_url === undefined) throw missing("return_url");
  for (const name of ["success_url", "cancel_url", "return_url"] as const) {
    const url = params[name];
    if (url !== undefined && !/^https?:\/\//.test(url))
      throw invalidRequest("Not a valid URL", { code: "url_invalid", param: name });
  }
}

const modesOf = {
  allow_promotion_codes: ["payment", "subscription"],
  customer_creation: ["payment"],
  discounts: ["payment", "subscription"],
  invoice_creation: ["payment"],
  payment_intent_data: ["payment"],
  payment_method_collection: ["subscription"],
  setup_intent_data: ["setup"],
  subscription_data: ["subscription"],
} as const;

function checkMode(params: CreateSessionParameters): void {
  for (const [name, modes] of Object.entries(modesOf)) {
    const isGiven = params[name as keyof typeof modesOf] !== undefined;
    if (isGiven && !modes.some((mode) => mode === params.mode)) {
      throw invalidRequest(`You can not pass \`${name}\` in \`${params.mode}\` mode.`, { param: name });
    }
  }
  if (params.submit_type === "subscribe" && params.mode !== "subscription") {
    throw invalidRequest("`submit_type: subscribe` can only be used in `subscription` mode.", { param: "submit_type" });
  }
  const count = params.line_items?.length ?? 0;
  if (params.mode !== "setup") {
    if (count === 0) throw missing("line_items");
    return;
  }
  if (count > 0) throw invalidRequest("You can not pass `line_items` in `setup` mode.", { param: "line_items" });
  if (params.currency === undefined) throw missing("currency");
}
