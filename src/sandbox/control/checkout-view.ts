/** The HTML of a checkout session's page: what is bought, who pays, and a form of the Stripe.js stand-in. */
import type Stripe from "stripe";
import { moneyText } from "../billing/wire";
import { checkoutScript } from "./checkout-script";
import { escapeHtml, headOf } from "./page-head";

type Session = Stripe.Checkout.Session;

/** What the page's script must know about a session; it hears it again when something has changed. */
export function stateOf(session: Session, items: readonly Stripe.LineItem[], codeText: string) {
  const currency = session.currency ?? "usd";
  const isPaid = session.mode !== "setup" && (session.amount_total ?? 0) > 0;
  const asksForCard =
    isPaid ||
    (session.mode !== "payment" && session.payment_method_collection !== "if_required") ||
    session.mode === "setup";
  return {
    summary: summaryOf(session, items, codeText),
    button: buttonOf(session, isPaid, asksForCard),
    elements: !asksForCard
      ? null
      : {
          ...(isPaid ? { mode: session.mode, amount: session.amount_total, currency } : { mode: "setup", currency }),
          allowedPaymentMethodTypes: session.payment_method_types,
        },
  };
}

/** The page of an open session. */
export function checkoutPage(session: Session, items: readonly Stripe.LineItem[], codeText: string): string {
  const state = stateOf(session, items, codeText);
  const back = session.cancel_url === null ? "" : `<p><a href="${escapeHtml(session.cancel_url)}">Go back</a></p>`;
  const title = session.mode === "setup" ? "Save a payment method" : "Checkout";
  const note = session.custom_text.submit?.message;
  return `${headOf(title)}<body>
<main>
<h1>${title}</h1>
<p class="lead">This is the checkout of the local Stripe sandbox. Use a test card such as 4242 4242 4242 4242.</p>
<div id="summary">${state.summary}</div>
${promotionForm(session, codeText)}
<form id="checkout" class="stack">
${payerFields(session)}
  <h2 id="method">Payment</h2>
  <div id="payment"></div>
  ${note === undefined ? "" : `<p class="quiet">${escapeHtml(note)}</p>`}
  <p role="alert" id="problem"></p>
  <button id="submit">${state.button}</button>
</form>
${back}
</main>
<script src="/stripe.js"></script>
<script>
${checkoutScript({ ...state, afterSubmit: session.custom_text.after_submit?.message ?? null })}
</script>
</body>
</html>
`;
}

/** The page of a session that is over. */
export function closedPage(session: Session): string {
  const recovery = session.after_expiration?.recovery?.url;
  const again = recovery ? `<p><a href="${escapeHtml(recovery)}">Start again</a></p>` : "";
  return `${headOf("Checkout")}<body><main><h1>Checkout</h1><p>This session is ${session.status ?? "over"}.</p>${again}</main></body></html>\n`;
}

function summaryOf(session: Session, items: readonly Stripe.LineItem[], codeText: string): string {
  if (session.mode === "setup") return "";
  const currency = session.currency ?? "usd";
  const money = (amount: number) => moneyText(String(amount), currency);
  const details = session.total_details;
  const row = (name: string, amount: number, className = "") =>
    `<tr${className}><th scope="row">${escapeHtml(name)}</th><td>${money(amount)}</td></tr>`;
  const discount = details?.amount_discount ?? 0;
  const tax = details?.amount_tax ?? 0;
  const isOnTop = tax > 0 && (session.amount_total ?? 0) > (session.amount_subtotal ?? 0) - discount;
  const rows = [
    ...items.map((item) => itemRow(item, money)),
    ...(discount > 0 || tax > 0 ? [row("Subtotal", session.amount_subtotal ?? 0)] : []),
    ...(discount > 0 ? [row(codeText === "" ? "Discount" : `Discount (${codeText})`, -discount)] : []),
    ...(tax > 0 ? [row(isOnTop ? "Tax" : "Tax (included)", tax)] : []),
    row("Due today", session.amount_total ?? 0, ' class="due"'),
  ];
  return `<table class="sum"><tbody>${rows.join("")}</tbody></table>`;
}

function itemRow(item: Stripe.LineItem, money: (amount: number) => string): string {
  const name = escapeHtml(item.description ?? "Item");
  const recurring = item.price?.recurring;
  const every = recurring
    ? `<br><span class="quiet">${recurring.interval_count === 1 ? `every ${recurring.interval}` : `every ${recurring.interval_count} ${recurring.interval}s`}</span>`
    : "";
  const range = item.adjustable_quantity;
  const quantity =
    range?.enabled === true
      ? `<input type="number" data-item="${item.id}" aria-label="Quantity of ${name}" min="${Math.max(1, range.minimum ?? 1)}" max="${range.maximum ?? 99}" value="${item.quantity ?? 1}">`
      : item.quantity === null
        ? ""
        : ` × ${item.quantity}`;
  return `<tr><th scope="row">${name}${quantity}${every}</th><td>${money(item.amount_subtotal)}</td></tr>`;
}

function promotionForm(session: Session, codeText: string): string {
  if (session.allow_promotion_codes !== true) return "";
  return `<form id="promotion" class="stack">
  <label for="code">Promotion code</label><input id="code" name="code" autocomplete="off" value="${escapeHtml(codeText)}">
  <p role="alert" id="code-problem"></p>
  <button>Apply code</button>
</form>`;
}

function field(name: string, label: string, value: string | null, more: string): string {
  return `<div><label for="${name}">${label}</label><input id="${name}" name="${name}" value="${escapeHtml(value ?? "")}" ${more}></div>`;
}

function payerFields(session: Session): string {
  const known = session.customer_details;
  const { address } = known ?? { address: null };
  const phone = session.phone_number_collection?.enabled === true;
  const wantsAddress = session.billing_address_collection === "required" || session.automatic_tax.enabled;
  const parts = [
    field("email", "Email", known?.email ?? null, 'type="email" autocomplete="email" required'),
    field("name", "Name", known?.name ?? null, 'autocomplete="name"'),
    ...(phone ? [field("phone", "Phone", known?.phone ?? null, 'type="tel" autocomplete="tel" required')] : []),
  ];
  if (wantsAddress) {
    const line2 = field(
      "line2",
      "Address, second line (optional)",
      address?.line2 ?? null,
      'autocomplete="address-line2"',
    );
    parts.push(
      `<fieldset class="stack"><legend>Billing address</legend>
${field("line1", "Address", address?.line1 ?? null, 'autocomplete="address-line1" required')}${line2}
<div class="pair">${field("city", "City", address?.city ?? null, 'autocomplete="address-level2" required')}${field("state", "State or province (optional)", address?.state ?? null, 'autocomplete="address-level1"')}
${field("postal_code", "Postal code", address?.postal_code ?? null, 'autocomplete="postal-code" required')}${field("country", "Country (two letters)", address?.country ?? "US", 'autocomplete="country" maxlength="2" pattern="[A-Za-z]{2}" required')}</div>
</fieldset>`,
    );
  }
  if (session.tax_id_collection?.enabled === true) {
    parts.push(
      `<fieldset class="stack"><legend>For a business (optional)</legend>
${field("business_name", "Business name", known?.business_name ?? null, 'autocomplete="organization"')}
<div class="pair">${field("tax_id_type", "Kind of tax id", null, 'placeholder="eu_vat" pattern="[a-z]{2}_[a-z_]+" autocomplete="off"')}${field("tax_id_value", "Tax id", null, 'autocomplete="off"')}</div>
</fieldset>`,
    );
  }
  return parts.join("\n");
}

const verbs: Record<string, string> = { book: "Book", donate: "Donate", subscribe: "Subscribe" };

function buttonOf(session: Session, isPaid: boolean, asksForCard: boolean): string {
  const chosen = verbs[session.submit_type ?? ""];
  if (chosen !== undefined) return chosen;
  if (isPaid) return "Pay";
  if (!asksForCard) return session.mode === "subscription" ? "Start" : "Complete order";
  const onlyCards = session.payment_method_types.every((type) => type === "card");
  return onlyCards ? "Save card" : "Save payment method";
}
