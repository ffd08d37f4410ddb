/** /v1/customers: who pays. */
import type Stripe from "stripe";
import { deleteCustomerDiscount } from "../billing/end-discount";
import { endSubscription } from "../billing/end-subscription";
import { unscheduleInvoice } from "../billing/settle";
import { createTaxId } from "../billing/tax-ids";
import { followLocation } from "../billing/tax-location";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  applyMetadata,
  hash,
  type Infer,
  inTimeRange,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timeRange,
} from "../http/params";
import { registerIncludable } from "../http/present";
import { defineRoute, pathValue } from "../http/route";
import { refuseDecliningCard } from "../payments/attach";
import { attachPaymentMethod, resolvePaymentMethod } from "../payments/cards";
import { randomText } from "../store/ids";
import type { Transaction } from "../store/transaction";
import { applyChangedTax, applyNewTax, changedCustomerTax, hasMoved, newCustomerTax } from "../tax/customer-params";
import { previousAttributes } from "../webhooks/previous-attributes";
import { recordAdjustment } from "./customer-balance";
import { addressOf, addressParams } from "./shared-params";
import { taxIdParams } from "./tax-ids";
import { assertRoomOnClock, isListed } from "./test-clocks";

const writable = {
  address: addressParams().clearable(),
  balance: integer(),
  business_name: string({ maxLength: 150 }).clearable(),
  description: string().clearable(),
  email: string({ maxLength: 512 }).clearable(),
  individual_name: string({ maxLength: 150 }).clearable(),
  invoice_prefix: string({ maxLength: 12 }),
  invoice_settings: hash(
    {
      default_payment_method: string().clearable(),
      footer: string().clearable(),
      custom_fields: list(
        hash({ name: string({ maxLength: 40 }).required(), value: string({ maxLength: 140 }).required() }),
        {
          maximum: 4,
        },
      ),
    },
    ["rendering_options"],
  ),
  metadata: metadata(),
  name: string({ maxLength: 256 }).clearable(),
  next_invoice_sequence: integer({ minimum: 1 }),
  phone: string({ maxLength: 20 }).clearable(),
  preferred_locales: list(string()),
  shipping: hash({
    address: addressParams().required(),
    name: string().required(),
    phone: string().clearable(),
  }).clearable(),
  tax_exempt: oneOf("none", "exempt", "reverse").clearable(),
};

const unsupported = ["cash_balance", "source", "default_source", "validate", "coupon"];

type CustomerInput = Infer<typeof writable>;

function checkEmail(email: string | null | undefined): void {
  if (typeof email === "string" && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw invalidRequest(`Invalid email address: ${email}`, { code: "email_invalid", param: "email" });
  }
}

function invoiceSettings(
  tx: Transaction,
  current: Stripe.Customer.InvoiceSettings,
  customer: string | null,
  change: CustomerInput["invoice_settings"],
): Stripe.Customer.InvoiceSettings {
  if (change === undefined) return current;
  const param = "invoice_settings[default_payment_method]";
  const wanted = change.default_payment_method;
  if (typeof wanted === "string") {
    const method = tx.get("payment_method", wanted, param);
    if (method.customer !== customer) {
      throw invalidRequest(
        `The customer does not have a payment method with the ID ${wanted}. The payment method must be attached to the customer.`,
        { code: "resource_missing", param },
      );
    }
  }
  return {
    ...current,
    ...(wanted === undefined ? {} : { default_payment_method: wanted }),
    ...(change.footer === undefined ? {} : { footer: change.footer }),
    ...(change.custom_fields === undefined
      ? {}
      : { custom_fields: change.custom_fields.length === 0 ? null : change.custom_fields }),
  };
}

/** The fields of a customer after a change. */
function changed(tx: Transaction, current: Stripe.Customer, input: CustomerInput, id: string | null): Stripe.Customer {
  checkEmail(input.email);
  const { address, shipping, metadata: metadataChange, invoice_settings: settings, tax_exempt: taxExempt } = input;
  const { business_name: businessName, individual_name: individualName, balance: _balance, ...plain } = input;
  const next: Stripe.Customer = { ...current };
  for (const name of ["description", "email", "name", "phone"] as const) {
    const value = plain[name];
    if (value !== undefined) next[name] = value;
  }
  if (businessName !== undefined) next.business_name = businessName ?? "";
  if (individualName !== undefined) next.individual_name = individualName ?? "";
  if (plain.invoice_prefix !== undefined) next.invoice_prefix = plain.invoice_prefix;
  if (plain.next_invoice_sequence !== undefined) next.next_invoice_sequence = plain.next_invoice_sequence;
  if (plain.preferred_locales !== undefined) next.preferred_locales = plain.preferred_locales;
  if (taxExempt !== undefined) next.tax_exempt = taxExempt ?? "none";
  if (address !== undefined) next.address = address === null ? null : addressOf(address);
  if (shipping !== undefined) {
    next.shipping =
      shipping === null
        ? null
        : { address: addressOf(shipping.address), name: shipping.name, phone: shipping.phone ?? null };
  }
  next.metadata = applyMetadata(current.metadata, metadataChange);
  next.invoice_settings = invoiceSettings(tx, current.invoice_settings, id, settings);
  return next;
}

function blankCustomer(tx: Transaction, id: string, testClock: string | null): Stripe.Customer {
  return {
    id,
    object: "customer",
    address: null,
    balance: 0,
    created: tx.now(testClock),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: testClock,
  };
}

/** Stores and announces a customer of the default clock whom nobody asked for by a request of their own: a checkout's. */
export function openCustomer(tx: Transaction, details: { email: string; name: string | null }): Stripe.Customer {
  const customer = tx.put("customer", { ...blankCustomer(tx, tx.newId("cus"), null), ...details });
  tx.emit("customer.created", customer);
  return customer;
}

/** Stores a changed customer and says what changed, when something did. */
export function updateCustomer(tx: Transaction, current: Stripe.Customer, next: Stripe.Customer): Stripe.Customer {
  const previous = previousAttributes(current, next);
  if (previous === undefined) return current;
  const stored = tx.put("customer", next);
  tx.emit("customer.updated", stored, previous);
  if (hasMoved(current, stored)) followLocation(tx, stored);
  return stored;
}

/** Deleting a customer ends its subscriptions at once; its invoices and charges stay as history. */
function deleteCustomer(tx: Transaction, customer: Stripe.Customer): Stripe.DeletedCustomer {
  const at = tx.now(typeof customer.test_clock === "string" ? customer.test_clock : null);
  for (const subscription of tx.listBy("subscription", "customer", customer.id)) {
    if (subscription.status === "canceled" || subscription.status === "incomplete_expired") continue;
    endSubscription(tx, subscription, { at, reason: "cancellation_requested" });
  }
  for (const invoice of tx.listBy("invoice", "customer", customer.id)) {
    if (invoice.status !== "draft" && invoice.status !== "open") continue;
    unscheduleInvoice(tx, invoice.id);
    tx.put("invoice", {
      ...invoice,
      auto_advance: false,
      next_payment_attempt: null,
      automatically_finalizes_at: null,
    });
  }
  for (const method of tx.listBy("payment_method", "customer", customer.id)) {
    tx.put("payment_method", { ...method, customer: null });
  }
  tx.emit("customer.deleted", customer);
  tx.remove("customer", customer.id);
  tx.put("tombstone", { id: customer.id, object: "customer" });
  return { id: customer.id, object: "customer", deleted: true };
}

/** What Stripe keeps out of a customer unless it is expanded. */
registerIncludable("customer", "subscriptions", (tx, customer) => {
  const id = String(customer.id);
  const active = tx.listBy("subscription", "customer", id).filter(({ status }) => status !== "canceled");
  return paginate(active, {}, `/v1/customers/${id}/subscriptions`);
});
registerIncludable("customer", "sources", (_tx, customer) =>
  paginate([], {}, `/v1/customers/${String(customer.id)}/sources`),
);

/** The routes of customers. */
export const customerRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/customers",
    accepts: {
      ...writable,
      payment_method: string(),
      tax: newCustomerTax,
      tax_id_data: list(hash(taxIdParams), { maximum: 5 }),
      test_clock: string(),
    },
    unsupported,
    handle(tx, { params }) {
      const { test_clock: testClock, payment_method: methodId, tax_id_data: taxIds = [], ...input } = params;
      if (testClock !== undefined) assertRoomOnClock(tx, tx.get("test_clock", testClock, "test_clock").id);
      const id = tx.newId("cus");
      const balance = input.balance ?? 0;
      const blank = blankCustomer(tx, id, testClock ?? null);
      const { invoice_settings: settings, ...rest } = input;
      let customer = tx.put("customer", { ...changed(tx, blank, rest, id), balance });
      recordAdjustment(tx, { ...customer, balance: 0 }, balance);
      const attached = methodId === undefined ? null : resolvePaymentMethod(tx, methodId);
      if (attached !== null) {
        refuseDecliningCard(tx, attached);
        attachPaymentMethod(tx, attached, id);
      }
      // `pm_card_…` names a new payment method: as a default it means the one just attached.
      const wanted = settings?.default_payment_method;
      const resolved =
        attached !== null && wanted === methodId ? { ...settings, default_payment_method: attached.id } : settings;
      customer = tx.put("customer", {
        ...customer,
        invoice_settings: invoiceSettings(tx, customer.invoice_settings, id, resolved),
      });
      applyNewTax(tx, customer, params.tax);
      tx.emit("customer.created", customer);
      for (const [at, taxId] of taxIds.entries()) createTaxId(tx, customer, taxId, `tax_id_data[${at}][value]`);
      return customer;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/customers",
    accepts: { ...pageParameters, created: timeRange(), email: string(), test_clock: string() },
    handle(tx, { params }) {
      const { email, test_clock: clock, created } = params;
      const candidates = email === undefined ? tx.list("customer") : tx.listBy("customer", "email", email);
      const matching = candidates.filter(
        (customer) => isListed(customer, { test_clock: clock }) && inTimeRange(created, customer.created),
      );
      return paginate(matching, params, "/v1/customers");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/customers/:id",
    accepts: {},
    handle(tx, input) {
      const id = pathValue(input, "id");
      const tombstone = tx.find("tombstone", id);
      if (tombstone?.object === "customer") return { ...tombstone, deleted: true };
      return tx.get("customer", id);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/customers/:id",
    accepts: { ...writable, tax: changedCustomerTax },
    unsupported,
    handle(tx, input) {
      const current = tx.get("customer", pathValue(input, "id"));
      const balance = input.params.balance ?? current.balance;
      recordAdjustment(tx, current, balance);
      const next = { ...changed(tx, current, input.params, current.id), balance };
      applyChangedTax(tx, current, next, input.params.tax);
      const updated = updateCustomer(tx, current, next);
      if (input.params.tax !== undefined) followLocation(tx, updated);
      return updated;
    },
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/customers/:id/discount",
    accepts: {},
    handle: (tx, input) => deleteCustomerDiscount(tx, pathValue(input, "id")),
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/customers/:id",
    accepts: {},
    handle: (tx, input) => deleteCustomer(tx, tx.get("customer", pathValue(input, "id"))),
  }),
];
