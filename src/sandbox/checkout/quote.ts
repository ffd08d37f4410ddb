/**
 * What a checkout session costs.
 *
 * Owns: the amounts of a session and of its line items. They are read off the very invoice that paying would make, in a
 * rehearsal that leaves no trace: what the page shows is what billing would charge, discounts and taxes included.
 */
import type Stripe from "stripe";
import { invoiceTax } from "../billing/automatic-tax";
import { type createSubscription, prepareSubscription } from "../billing/create-subscription";
import { openDraft, pendingItems } from "../billing/draft";
import { createInvoiceItem } from "../billing/invoice-items";
import { billItems } from "../billing/issue";
import { loadLines } from "../billing/records";
import { rehearse } from "../billing/rehearsal";
import { registerIncludable } from "../http/present";
import { openCustomer } from "../resources/customers";
import { idOf } from "../store/indexes";
import type { CheckoutPlan, Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { checkRestrictions, redeem } from "./discounts";
import { dressPayer } from "./session-tax";

type Session = Stripe.Checkout.Session;
type Breakdown = Stripe.Checkout.Session.TotalDetails.Breakdown;
type DiscountPart = Stripe.Checkout.Session.TotalDetails.Breakdown.Discount;
type TaxPart = Stripe.Checkout.Session.TotalDetails.Breakdown.Tax;

registerIncludable("checkout.session", "total_details.breakdown", null);
registerIncludable("item", "discounts", null);
registerIncludable("item", "taxes", null);

/** Counts a session again and stores its amounts; called whenever something about it changed. */
export function requote(tx: Transaction, session: Session): Session {
  if (session.mode === "setup") return tx.put("checkout_session", session);
  const plan = tx.get("checkout_plan", session.id);
  const stage = rehearse(tx);
  const customer =
    idOf(session.customer) ?? openCustomer(stage, { email: session.customer_details?.email ?? "", name: null }).id;
  if (session.customer === null) dressPayer(stage, customer, session);
  const owned = { ...session, customer };
  const invoice = session.mode === "payment" ? openOrder(stage, owned, plan) : rehearseSubscription(stage, owned, plan);
  const lines = invoice === null ? [] : loadLines(stage, invoice);
  const left = [...lines];
  const lineItems = plan.lineItems.map((item) => {
    const index = left.findIndex((line) => line.pricing?.price_details?.price === item.price?.id);
    const [line] = index < 0 ? [] : left.splice(index, 1);
    return countItem(stage, item, line);
  });
  const sum = (read: (item: Stripe.LineItem) => number) => lineItems.reduce((total, item) => total + read(item), 0);
  checkRestrictions(
    tx,
    session,
    sum((item) => item.amount_subtotal),
  );
  tx.put("checkout_plan", { ...plan, lineItems });
  return tx.put("checkout_session", {
    ...session,
    amount_subtotal: sum((item) => item.amount_subtotal),
    amount_total: sum((item) => item.amount_total),
    automatic_tax: { ...session.automatic_tax, status: taxStatus(stage, invoice) },
    total_details: {
      amount_discount: sum((item) => item.amount_discount),
      amount_shipping: 0,
      amount_tax: sum((item) => item.amount_tax),
      breakdown: breakdownOf(lineItems),
    },
  });
}

function taxStatus(stage: Transaction, invoice: string | null): Session["automatic_tax"]["status"] {
  return invoice === null ? null : stage.get("invoice", invoice).automatic_tax.status;
}

/** A one-off order as a draft: for a rehearsal, and for the invoice a paid session leaves behind. */
export function openOrder(tx: Transaction, session: Session, plan: CheckoutPlan): string {
  const customer = tx.get("customer", idOf(session.customer) ?? "");
  const now = tx.now(clockOf(tx, session));
  const draft = openDraft(tx, {
    customer,
    currency: session.currency ?? "usd",
    subscription: null,
    billingReason: "manual",
    period: { start: now, end: now },
    collectionMethod: "charge_automatically",
    daysUntilDue: null,
    autoAdvance: false,
    automaticallyFinalizesAt: null,
    defaultTaxRates: [],
    discounts: redeem(tx, session),
  });
  tx.put("invoice", { ...draft, automatic_tax: invoiceTax({ enabled: session.automatic_tax.enabled }) });
  const items = plan.lineItems.map((item) =>
    createInvoiceItem(tx, {
      customer: customer.id,
      currency: session.currency ?? "usd",
      pricing: { price: item.price?.id },
      quantity: item.quantity ?? 1,
      tax_rates: plan.taxRates[item.id],
      metadata: item.metadata,
    }),
  );
  billItems(tx, draft, items);
  return draft.id;
}

/** What the session asks of `subscriptions.create`. */
export function subscriptionParameters(session: Session, plan: CheckoutPlan): Parameters<typeof createSubscription>[1] {
  const entries = plan.lineItems.map((item) => {
    const { price, quantity } = item;
    const rates = plan.taxRates[item.id] ?? [];
    return {
      isRecurring: price?.type === "recurring",
      entry: {
        price: price?.id ?? "",
        ...(quantity === null ? {} : { quantity }),
        ...(rates.length === 0 ? {} : { tax_rates: rates }),
        ...(price?.type === "recurring" ? { metadata: item.metadata ?? {} } : {}),
      },
    };
  });
  const { subscription_data: data, payment_method_collection: collection } = plan.params;
  const noCard = collection === "if_required" && (session.amount_total ?? 0) === 0;
  return {
    customer: idOf(session.customer) ?? "",
    ...(session.currency === null ? {} : { currency: session.currency }),
    items: entries.filter(({ isRecurring }) => isRecurring).map(({ entry }) => entry),
    add_invoice_items: entries.filter(({ isRecurring }) => !isRecurring).map(({ entry }) => entry),
    discounts: (session.discounts ?? []).map((discount) => {
      const [coupon, code] = [idOf(discount.coupon), idOf(discount.promotion_code)];
      return { ...(coupon === null ? {} : { coupon }), ...(code === null ? {} : { promotion_code: code }) };
    }),
    automatic_tax: { enabled: session.automatic_tax.enabled },
    payment_behavior: "default_incomplete",
    ...(noCard ? {} : { payment_settings: { save_default_payment_method: "on_subscription" } }),
    ...data,
  };
}

function rehearseSubscription(stage: Transaction, session: Session, plan: CheckoutPlan): string | null {
  // What the customer has pending joins the invoice, not the session.
  for (const item of pendingItems(stage, idOf(session.customer) ?? "", session.currency ?? "usd", null)) {
    stage.remove("invoiceitem", item.id);
  }
  return prepareSubscription(stage, subscriptionParameters(session, plan)).draft?.id ?? null;
}

function countItem(
  stage: Transaction,
  item: Stripe.LineItem,
  line: Stripe.InvoiceLineItem | undefined,
): Stripe.LineItem {
  const taxes = (line?.taxes ?? []).flatMap((tax): Stripe.LineItem.Tax[] => {
    const rate = stage.find("tax_rate", tax.tax_rate_details?.tax_rate ?? "");
    const { amount, taxability_reason: reason, taxable_amount } = tax;
    // Rates that were set by hand have no reason here, other than on invoices.
    const known = reason === "not_available" ? null : reason;
    return rate === undefined ? [] : [{ amount, rate, taxability_reason: known, taxable_amount }];
  });
  const discounts = (line?.discount_amounts ?? []).flatMap(({ amount, discount: reference }) => {
    const discount = stage.find("discount", idOf(reference) ?? "");
    return discount === undefined ? [] : [{ amount, discount }];
  });
  const subtotal = line?.amount ?? 0;
  const discounted = discounts.reduce((sum, { amount }) => sum + amount, 0);
  const onTop = (line?.taxes ?? []).reduce((sum, tax) => sum + (tax.tax_behavior === "exclusive" ? tax.amount : 0), 0);
  return {
    ...item,
    amount_discount: discounted,
    amount_subtotal: subtotal,
    amount_tax: (line?.taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0),
    amount_total: subtotal - discounted + onTop,
    discounts,
    taxes,
  };
}

function breakdownOf(items: readonly Stripe.LineItem[]): Breakdown {
  const discounts = new Map<string, DiscountPart>();
  const taxes = new Map<string, TaxPart>();
  for (const item of items) {
    for (const one of item.discounts ?? []) {
      const before = discounts.get(one.discount.id)?.amount ?? 0;
      discounts.set(one.discount.id, { ...one, amount: before + one.amount });
    }
    for (const one of item.taxes ?? []) {
      const before = taxes.get(one.rate.id);
      const taxable = (before?.taxable_amount ?? 0) + (one.taxable_amount ?? 0);
      taxes.set(one.rate.id, { ...one, amount: (before?.amount ?? 0) + one.amount, taxable_amount: taxable });
    }
  }
  return { discounts: [...discounts.values()], taxes: [...taxes.values()] };
}
