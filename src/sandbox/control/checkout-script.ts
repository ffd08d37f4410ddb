/** The checkout page's own script: begin, confirm with what was typed, finish. A refusal stays on the page with the form. */

/** What the script starts from. */
export interface CheckoutState {
  summary: string;
  button: string;
  elements: Record<string, unknown> | null;
  afterSubmit: string | null;
}

/** The script with its state inside. */
export function checkoutScript(state: CheckoutState): string {
  const { summary: _summary, ...rest } = state;
  return `let state = ${JSON.stringify(rest).replaceAll("<", "\\u003c")};
${program}`;
}

const program = `const form = document.getElementById("checkout");
const [button, problem] = [document.getElementById("submit"), document.getElementById("problem")];
const stripe = Stripe("pk_test_sandbox");
const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe";
let elements = null;
let mode = null;
const mount = () => {
  document.getElementById("method").hidden = state.elements === null;
  const wanted = state.elements === null ? null : state.elements.mode;
  if (wanted === mode) {
    if (elements !== null && state.elements.amount !== undefined) elements.update({ amount: state.elements.amount });
    return;
  }
  mode = wanted;
  if (elements !== null) elements.getElement("payment")?.destroy();
  elements = wanted === null ? null : stripe.elements({ ...state.elements, appearance: { theme } });
  elements?.create("payment").mount("#payment");
};
mount();
const call = async (step, fields) => {
  try {
    const reply = await fetch(location.pathname + step, { method: "POST", body: new URLSearchParams(fields) });
    return await reply.json();
  } catch {
    return { error: { message: "The sandbox did not answer. Nothing was lost: try again." } };
  }
};
const show = (next) => {
  state = { ...state, button: next.button, elements: next.elements };
  document.getElementById("summary").innerHTML = next.summary;
  button.textContent = next.button;
  mount();
};
document.getElementById("summary").addEventListener("change", async (event) => {
  const item = event.target.dataset.item;
  if (item === undefined) return;
  const next = await call("/quantity", { item, quantity: event.target.value });
  problem.textContent = next.error ? next.error.message : "";
  if (!next.error) show(next);
});
document.getElementById("promotion")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const next = await call("/promotion", new FormData(event.target));
  document.getElementById("code-problem").textContent = next.error ? next.error.message : "";
  if (!next.error) show(next);
});
const billingDetails = () => {
  const typed = Object.fromEntries(new FormData(form));
  const filled = (names) => Object.fromEntries(names.flatMap((name) => (typed[name] ? [[name, typed[name]]] : [])));
  const address = filled(["line1", "line2", "city", "state", "postal_code"]);
  if (typed.country) address.country = typed.country.toUpperCase();
  return { ...filled(["email", "name", "phone"]), ...(Object.keys(address).length > 0 ? { address } : {}) };
};
const pay = async () => {
  if (elements !== null) {
    const checked = await elements.submit();
    if (checked.error) return checked.error;
  }
  const begun = await call("/begin", new FormData(form));
  if (begun.error) return begun.error;
  if (begun.kind !== "nothing") {
    const confirm = begun.kind === "setup_intent" ? "confirmSetup" : "confirmPayment";
    const confirmParams = { payment_method_data: { billing_details: billingDetails() } };
    const done = await stripe[confirm]({ elements, clientSecret: begun.clientSecret, confirmParams, redirect: "if_required" });
    if (done.error) return done.error;
  }
  const finished = await call("/finish", {});
  if (finished.error) return finished.error;
  if (finished.returnTo !== null) return location.assign(finished.returnTo);
  const main = document.querySelector("main");
  main.replaceChildren(Object.assign(document.createElement("h1"), { textContent: "Done" }));
  main.append(Object.assign(document.createElement("p"), { textContent: state.afterSubmit ?? "You can close this page." }));
  parent.postMessage({ sandboxCheckout: "complete" }, "*");
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  problem.textContent = "";
  const error = await pay();
  if (error) problem.textContent = error.message;
  button.disabled = false;
});`;
