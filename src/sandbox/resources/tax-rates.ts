/** /v1/tax_rates: fixed rates that invoices apply. A rate never changes its percentage; it is archived and replaced. */
import type Stripe from "stripe";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, boolean, decimal, inTimeRange, metadata, oneOf, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { isAutomaticRate } from "../tax/rate-objects";
import { previousAttributes } from "../webhooks/previous-attributes";
import { given } from "./shared-params";

const taxTypes = [
  "amusement_tax",
  "communications_tax",
  "gst",
  "hst",
  "igst",
  "jct",
  "lease_tax",
  "pst",
  "qst",
  "retail_delivery_fee",
  "rst",
  "sales_tax",
  "service_tax",
  "vat",
] as const;

const writable = {
  active: boolean(),
  country: string({ maxLength: 2 }),
  description: string(),
  jurisdiction: string({ maxLength: 50 }),
  metadata: metadata(),
  state: string(),
  tax_type: oneOf(...taxTypes),
};

/** The routes of tax rates. */
export const taxRateRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/tax_rates",
    accepts: {
      ...writable,
      display_name: string({ maxLength: 50 }).required(),
      inclusive: boolean().required(),
      percentage: decimal({ places: 4, minimum: 0 }).required(),
    },
    handle(tx, { params }) {
      const { metadata: change, percentage, ...rest } = params;
      const rate = tx.put("tax_rate", {
        id: tx.newId("txr"),
        object: "tax_rate",
        active: rest.active ?? true,
        country: rest.country ?? null,
        created: tx.now(null),
        description: rest.description ?? null,
        display_name: rest.display_name,
        effective_percentage: Number(percentage),
        flat_amount: null,
        inclusive: rest.inclusive,
        jurisdiction: rest.jurisdiction ?? null,
        jurisdiction_level: null,
        livemode: false,
        metadata: applyMetadata({}, change),
        percentage: Number(percentage),
        rate_type: "percentage",
        state: rest.state ?? null,
        tax_type: rest.tax_type ?? null,
      });
      tx.emit("tax_rate.created", rate);
      return rate;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tax_rates",
    accepts: { ...pageParameters, active: boolean(), created: timeRange(), inclusive: boolean() },
    handle(tx, { params }) {
      const { active, inclusive, created } = params;
      const matching = tx.list(
        "tax_rate",
        (rate) =>
          (active === undefined ? !isAutomaticRate(rate) : rate.active === active) &&
          (inclusive === undefined || rate.inclusive === inclusive) &&
          inTimeRange(created, rate.created),
      );
      return paginate(matching, params, "/v1/tax_rates");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tax_rates/:id",
    accepts: {},
    handle: (tx, input) => tx.get("tax_rate", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/tax_rates/:id",
    accepts: { ...writable, display_name: string({ maxLength: 50 }) },
    handle(tx, input) {
      const current = tx.get("tax_rate", pathValue(input, "id"));
      const { metadata: change, ...rest } = input.params;
      const next: Stripe.TaxRate = {
        ...current,
        ...given(rest),
        metadata: applyMetadata(current.metadata ?? {}, change),
      };
      const previous = previousAttributes(current, next);
      if (previous === undefined) return current;
      const rate = tx.put("tax_rate", next);
      tx.emit("tax_rate.updated", rate, previous);
      return rate;
    },
  }),
];
