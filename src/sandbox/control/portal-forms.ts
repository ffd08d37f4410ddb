/** The portal's pages for one thing each: ending, pausing or changing a subscription, a payment method, billing details. */
import type Stripe from "stripe";
import { dayText, moneyText } from "../billing/wire";
import { offeredPrices, quoteChange, type WantedPlan } from "../portal/plan-change";
import { configurationOf, ownSubscription } from "../portal/sessions";
import type { Transaction } from "../store/transaction";
import { escapeHtml } from "./page-head";
import { nameOf, type PortalPart, priceText } from "./portal-view";

type Session = Stripe.BillingPortal.Session;

const reasonTexts: Record<string, string> = {
  customer_service: "Customer service was less than expected",
  low_quality: "Quality was less than expected",
  missing_features: "Some features are missing",
  other: "Other reason",
  switched_service: "Switching to another service",
  too_complex: "Too complicated",
  too_expensive: "Too expensive",
  unused: "Not used enough",
};

/** Ending a subscription, with the offer to stay where the flow has one. */
export function cancelPart(tx: Transaction, session: Session, id: string): PortalPart {
  const { subscription_cancel: feature } = configurationOf(tx, session).features;
  const subscription = ownSubscription(tx, session.customer, id);
  const name = nameOf(tx, subscription);
  const ends = Math.max(...subscription.items.data.map((item) => item.current_period_end));
  const when =
    feature.mode === "immediately" ? "It ends at once." : `It stays as it is until ${dayText(ends)}, and ends then.`;
  const offer = session.flow?.subscription_cancel?.retention?.coupon_offer?.coupon;
  const coupon = offer === undefined ? undefined : tx.find("coupon", offer);
  const off = coupon?.percent_off
    ? `${coupon.percent_off} % off`
    : `${moneyText(String(coupon?.amount_off ?? 0), coupon?.currency ?? "usd")} off`;
  const stay =
    coupon === undefined
      ? ""
      : `<section><h2>Stay, with ${off}</h2><p>${escapeHtml(coupon.name ?? "A discount on this subscription.")}</p><form method="post"><button name="do" value="accept_offer">Stay with ${off}</button></form></section>`;
  const reasons = feature.cancellation_reason;
  const asks = reasons.enabled
    ? `<fieldset class="stack"><legend>Why do you cancel? (optional)</legend>${reasons.options
        .map(
          (option) =>
            `<label class="choice"><input type="radio" name="feedback" value="${option}">${reasonTexts[option] ?? option}</label>`,
        )
        .join(
          "",
        )}</fieldset><label for="comment">Anything else? (optional)</label><input id="comment" name="comment" maxlength="500">`
    : "";
  return {
    title: `Cancel ${name}`,
    body: `${stay}<p>${when}</p><form method="post" class="stack"><input type="hidden" name="subscription" value="${subscription.id}">${asks}<button name="do" value="cancel" aria-label="Cancel ${name}">Cancel subscription</button></form>${homeLink(session)}`,
  };
}

/** Pausing a subscription. */
export function pausePart(tx: Transaction, session: Session, id: string): PortalPart {
  const { subscription_pause: feature } = configurationOf(tx, session).features;
  const subscription = ownSubscription(tx, session.customer, id);
  const name = nameOf(tx, subscription);
  const options = feature.duration?.type === "interval_options" ? (feature.duration.interval_options ?? []) : [];
  const spans = options.map(({ interval, interval_count: count }, index) => {
    const text = `${count} ${interval}`;
    return `<label class="choice"><input type="radio" name="span" value="${text}"${index === 0 ? " checked" : ""}>${count === 1 ? `1 ${interval}` : `${text}s`}</label>`;
  });
  const choice =
    spans.length === 0 ? "" : `<fieldset class="stack"><legend>For how long?</legend>${spans.join("")}</fieldset>`;
  return {
    title: `Pause ${name}`,
    body: `<p>Nothing is charged while it is paused. What is left of the period is credited.</p><form method="post" class="stack"><input type="hidden" name="subscription" value="${subscription.id}">${choice}<button name="do" value="pause">Pause subscription</button></form>${homeLink(session)}`,
  };
}

/** Choosing another plan or quantity. */
export function updatePart(tx: Transaction, session: Session, id: string): PortalPart {
  const subscription = ownSubscription(tx, session.customer, id);
  const item = subscription.items.data[0];
  const offers = offeredPrices(tx, session);
  const { default_allowed_updates: allowed } = configurationOf(tx, session).features.subscription_update;
  const plans = offers.map(({ price, product }) => {
    const isCurrent = price.id === item?.price.id;
    const name = escapeHtml(product?.name ?? price.id);
    return `<label class="choice"><input type="radio" name="price" value="${price.id}"${isCurrent ? " checked" : ""} required>${name}, ${priceText(price)}${isCurrent ? ' <span class="quiet">(current)</span>' : ""}</label>`;
  });
  const range = offers.find(({ quantity }) => quantity !== null)?.quantity;
  const quantity =
    range === undefined || range === null
      ? ""
      : `<label for="quantity">Quantity</label><input id="quantity" name="quantity" type="number" min="${range.minimum}" ${range.maximum === null ? "" : `max="${range.maximum}"`} value="${item?.quantity ?? 1}">`;
  const promotion = allowed.includes("promotion_code")
    ? '<label for="code">Promotion code (optional)</label><input id="code" name="code" autocomplete="off">'
    : "";
  return {
    title: `Change ${nameOf(tx, subscription)}`,
    body:
      plans.length === 0
        ? `<p>There is no other plan to change to.</p>${homeLink(session)}`
        : `<form method="get" class="stack"><input type="hidden" name="view" value="confirm"><input type="hidden" name="subscription" value="${subscription.id}"><fieldset class="stack"><legend>Plan</legend>${plans.join("")}</fieldset>${quantity}${promotion}<button>Continue</button></form>${homeLink(session)}`,
  };
}

/** What a change would cost, and the button that makes it. */
export function confirmPart(
  tx: Transaction,
  session: Session,
  wanted: WantedPlan,
  fields: Record<string, string>,
): PortalPart {
  const quote = quoteChange(tx, session, wanted);
  const sentence =
    quote.when === "period_end"
      ? `The change takes effect on ${dayText(quote.at)}. Nothing is due today.`
      : quote.when === "now"
        ? `Due today: <strong>${moneyText(String(quote.dueMinor), quote.currency)}</strong>.`
        : `Nothing is due today. The next invoice, on ${dayText(quote.at)}, is <strong>${moneyText(String(quote.dueMinor), quote.currency)}</strong>.`;
  const rows = wanted.items.map(({ price: id, quantity }) => {
    const price = tx.get("price", id);
    const product = tx.find("product", typeof price.product === "string" ? price.product : price.product.id);
    return `<tr><th scope="row">${escapeHtml(product?.name ?? id)} × ${quantity}</th><td>${priceText(price)}</td></tr>`;
  });
  const hidden = Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
    .join("");
  return {
    title: "Confirm the change",
    body: `<table class="sum"><tbody>${rows.join("")}</tbody></table><p>${sentence}</p><form method="post">${hidden}<button name="do" value="change_plan">Confirm change</button></form>${homeLink(session)}`,
  };
}

/** Saving a new payment method, which becomes the default. */
export function methodPart(session: Session): PortalPart {
  return {
    title: "Add a payment method",
    body: `<form id="method" class="stack"><div id="payment"></div><p role="alert" id="problem"></p><button id="save">Save payment method</button></form>${homeLink(session)}
<script src="/stripe.js"></script>
<script>${methodScript}</script>`,
  };
}

const methodScript = `const form = document.getElementById("method");
const [button, problem] = [document.getElementById("save"), document.getElementById("problem")];
const stripe = Stripe("pk_test_sandbox");
const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe";
const elements = stripe.elements({ mode: "setup", currency: "usd", appearance: { theme } });
elements.create("payment").mount("#payment");
const send = async (fields) => {
  const reply = await fetch(location.pathname, { method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams(fields) });
  return reply.json();
};
const save = async () => {
  const checked = await elements.submit();
  if (checked.error) return checked.error;
  const begun = await send({ do: "begin_method" });
  if (begun.error) return begun.error;
  const done = await stripe.confirmSetup({ elements, clientSecret: begun.clientSecret, redirect: "if_required" });
  if (done.error) return done.error;
  const used = await send({ do: "use_method", payment_method: done.setupIntent.payment_method });
  if (used.error) return used.error;
  location.assign(used.returnTo);
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  problem.textContent = "";
  const error = await save();
  if (error) problem.textContent = error.message;
  button.disabled = false;
});`;

/** Changing billing details, of those the configuration names. */
export function detailsPart(tx: Transaction, session: Session): PortalPart {
  const { allowed_updates: allowed } = configurationOf(tx, session).features.customer_update;
  const customer = tx.get("customer", session.customer);
  const field = (name: string, label: string, value: string | null | undefined, more = "") =>
    `<div><label for="${name}">${label}</label><input id="${name}" name="${name}" value="${escapeHtml(value ?? "")}" ${more}></div>`;
  const address = (prefix: string, given: Stripe.Address | null | undefined) =>
    `${field(`${prefix}line1`, "Address", given?.line1)}${field(`${prefix}line2`, "Address, second line (optional)", given?.line2)}
<div class="pair">${field(`${prefix}city`, "City", given?.city)}${field(`${prefix}state`, "State or province (optional)", given?.state)}
${field(`${prefix}postal_code`, "Postal code", given?.postal_code)}${field(`${prefix}country`, "Country (two letters)", given?.country, 'maxlength="2" pattern="[A-Za-z]{2}"')}</div>`;
  const parts: Record<string, string> = {
    name: field("name", "Name", customer.name, 'autocomplete="name"'),
    email: field("email", "Email", customer.email, 'type="email" autocomplete="email"'),
    phone: field("phone", "Phone", customer.phone, 'type="tel" autocomplete="tel"'),
    address: `<fieldset class="stack"><legend>Billing address</legend>${address("", customer.address)}</fieldset>`,
    shipping: `<fieldset class="stack"><legend>Shipping</legend>${field("shipping_name", "Recipient", customer.shipping?.name)}${address("shipping_", customer.shipping?.address)}</fieldset>`,
    tax_id: `<fieldset class="stack"><legend>Add a tax id (optional)</legend><div class="pair">${field("tax_id_type", "Kind of tax id", "", 'placeholder="eu_vat" autocomplete="off"')}${field("tax_id_value", "Tax id", "", 'autocomplete="off"')}</div></fieldset>`,
  };
  const shown = Object.entries(parts).flatMap(([name, html]) => (allowed.some((one) => one === name) ? [html] : []));
  return {
    title: "Billing details",
    body: `<form method="post" class="stack">${shown.join("")}<button name="do" value="change_details">Save</button></form>${homeLink(session)}`,
  };
}

/** The end of a flow that says so itself. */
export function donePart(session: Session): PortalPart {
  const message = session.flow?.after_completion.hosted_confirmation?.custom_message;
  return { title: "Done", body: `<p>${escapeHtml(message ?? "Your change has been made.")}</p>` };
}

/** A flow leads to the home page only when it is over. */
function homeLink(session: Session): string {
  if (session.flow !== null) return "";
  return `<p><a href="/_sandbox/portal/${session.id}">Back</a></p>`;
}
