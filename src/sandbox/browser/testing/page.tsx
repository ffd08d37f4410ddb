/**
 * A small application as a merchant would write it, on the official React components, in StrictMode. What it shows is
 * chosen by its query string; what the calls resolve with appears as text, for tests to read.
 */
import {
  AddressElement,
  CardCvcElement,
  CardElement,
  CardExpiryElement,
  CardNumberElement,
  Elements,
  IbanElement,
  LinkAuthenticationElement,
  PaymentElement,
  useElements,
  useStripe,
} from "@stripe/react-stripe-js";
import type {
  Appearance,
  Stripe,
  StripeElements,
  StripeElementsOptions,
  StripePaymentElementOptions,
} from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";
import { type FormEvent, StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

/** A line of `window.log`: an event, the element, and for changes and load errors what came with it. */
export type LogLine = [event: string, element: string, payload?: Record<string, unknown>];

const query = new URLSearchParams(window.location.search);
const shown = query.get("show") ?? "payment";
const act = query.get("act") ?? "confirm";
const clientSecret = query.get("secret") ?? "";

/** Options of the group and of the payment element that a test adds, as JSON. */
const groupExtras: object = JSON.parse(query.get("group") ?? "{}");
const elementExtras: StripePaymentElementOptions = JSON.parse(query.get("element") ?? "{}");

const ink: Appearance = {
  theme: "stripe",
  variables: {
    colorPrimary: "oklch(0.48 0.11 160)",
    colorBackground: "oklch(0.998 0.002 85)",
    colorText: "oklch(0.21 0.012 65)",
    colorTextSecondary: "oklch(0.46 0.014 70)",
    colorDanger: "oklch(0.49 0.17 27)",
    borderRadius: "3px",
    fontSizeBase: "15px",
  },
};

function appearance(isDark: boolean): Appearance {
  if (query.get("theme") === "ink") return ink;
  const labels = query.get("labels") === "floating" ? "floating" : "above";
  return { theme: isDark ? "night" : "stripe", labels };
}

function groupOptions(isDark: boolean): StripeElementsOptions {
  const dressed = appearance(isDark);
  if (shown === "card" || shown === "split" || shown === "iban") return {};
  if (query.get("deferred") === "setup") return { mode: "setup", currency: "usd", appearance: dressed, ...groupExtras };
  if (query.has("deferred"))
    return { mode: "payment", amount: 1334, currency: "usd", appearance: dressed, ...groupExtras };
  return { clientSecret, appearance: dressed, ...groupExtras };
}

const returnUrl = new URL("/done", window.location.href).href;

async function perform(stripe: Stripe, elements: StripeElements): Promise<unknown> {
  const redirect = query.get("redirect") === "always" ? "always" : "if_required";
  const card = shown === "split" ? elements.getElement(CardNumberElement) : elements.getElement(CardElement);
  if (card !== null) {
    return act === "method"
      ? stripe.createPaymentMethod({ type: "card", card, billing_details: { name: "Ada Lovelace" } })
      : stripe.confirmCardPayment(clientSecret, { payment_method: { card } });
  }
  const iban = elements.getElement(IbanElement);
  if (iban !== null) {
    const method = { sepa_debit: iban, billing_details: { name: "Ada Lovelace", email: "ada@example.com" } };
    return act === "method"
      ? stripe.createPaymentMethod({ type: "sepa_debit", ...method })
      : stripe.confirmSepaDebitSetup(clientSecret, { payment_method: method });
  }
  if (query.has("deferred")) {
    const { error } = await elements.submit();
    if (error !== undefined) return { error };
    if (act === "token") return stripe.createConfirmationToken({ elements });
    if (act === "method") return stripe.createPaymentMethod({ elements });
  }
  if (act === "next") return stripe.handleNextAction({ clientSecret });
  const confirmParams = { return_url: returnUrl };
  // The two values of `redirect` are two overloads; only one of them resolves.
  return clientSecret.startsWith("seti_")
    ? stripe.confirmSetup({ elements, clientSecret, confirmParams, redirect: redirect as "if_required" })
    : stripe.confirmPayment({ elements, clientSecret, confirmParams, redirect: redirect as "if_required" });
}

function Checkout({ log }: { log: (line: unknown) => void }) {
  const stripe = useStripe();
  const elements = useElements();
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (stripe === null || elements === null) return;
    setBusy(true);
    setResult("");
    try {
      setResult(JSON.stringify(await perform(stripe, elements)));
    } catch (failure) {
      setResult(JSON.stringify({ thrown: String(failure) }));
    }
    setBusy(false);
  };
  const on = (name: string) => ({
    onReady: () => log(["ready", name]),
    onChange: (event: unknown) => log(["change", name, event]),
    onFocus: () => log(["focus", name]),
    onBlur: () => log(["blur", name]),
    onLoadError: (event: unknown) => log(["loaderror", name, event]),
  });
  useEffect(() => {
    // What the components have no property for.
    Reflect.set(window, "elements", elements);
    elements?.on("update-end", () => log(["update-end", "group"]));
    const payment = elements?.getElement("payment");
    payment?.on("carddetailschange", (event: unknown) => log(["carddetailschange", "payment", event]));
    payment?.on("availablepaymentmethodschange", (event: unknown) =>
      log(["availablepaymentmethodschange", "payment", event]),
    );
  }, [elements, log]);
  return (
    <form onSubmit={(event) => void submit(event)}>
      {shown === "card" && <CardElement {...on("card")} />}
      {shown === "split" && (
        <>
          <CardNumberElement options={{ showIcon: true }} {...on("cardNumber")} />
          <CardExpiryElement {...on("cardExpiry")} />
          <CardCvcElement {...on("cardCvc")} />
        </>
      )}
      {shown === "iban" && <IbanElement options={{ supportedCountries: ["SEPA"] }} {...on("iban")} />}
      {query.has("link") && <LinkAuthenticationElement {...on("linkAuthentication")} />}
      {query.has("address") && <AddressElement options={{ mode: "billing" }} {...on("address")} />}
      {(shown === "payment" || shown === "both") && (
        <PaymentElement options={{ terms: { card: "auto" }, ...elementExtras }} {...on("payment")} />
      )}
      <button type="submit" disabled={isBusy || stripe === null}>
        Pay
      </button>
      <output aria-label="Result">{result}</output>
    </form>
  );
}

function Page() {
  const [stripe] = useState(() => loadStripe("pk_test_sandbox"));
  const [isShown, setShown] = useState(true);
  const [isDark, setDark] = useState(query.get("theme") === "night");
  useEffect(() => {
    document.documentElement.style.colorScheme = isDark ? "dark" : "light";
    document.body.dataset.dark = String(isDark);
  }, [isDark]);
  const [log] = useState(() => (line: unknown) => {
    const lines: unknown = Reflect.get(window, "log");
    if (Array.isArray(lines)) lines.push(JSON.parse(JSON.stringify(line)));
  });
  return (
    <main>
      <h1>Pay Example Ltd</h1>
      {isShown && (
        <Elements stripe={stripe} options={groupOptions(isDark)}>
          <Checkout log={log} />
        </Elements>
      )}
      <button type="button" onClick={() => setShown(!isShown)}>
        Toggle
      </button>
      <button type="button" onClick={() => setDark(!isDark)}>
        Theme
      </button>
    </main>
  );
}

Reflect.set(window, "log", []);
const root = document.getElementById("root");
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
