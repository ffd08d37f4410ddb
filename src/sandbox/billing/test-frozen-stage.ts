/**
 * A test stage whose customer lives on a test clock: its time stands still between advances, however slowly a test runs.
 */
import { at, type Stage, startStage } from "./test-stage";

/** A stage with one customer who pays by card; `now` and the advances are those of the customer's clock. */
export interface FrozenStage extends Stage {
  customer: string;
}

/** Starts a sandbox, a clock and a customer at the given time. */
export async function startFrozenStage(startIso: string): Promise<FrozenStage> {
  const stage = await startStage(startIso);
  const { id: clock } = await stage.stripe.testHelpers.testClocks.create({ frozen_time: at(startIso) });
  const { id: customer } = await stage.stripe.customers.create({ name: "Ada", test_clock: clock });
  const method = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer });
  await stage.stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  const now = () => stage.sandbox.store.now(clock);
  const advance = async (to: number) => {
    const url = `${stage.sandbox.url}/_sandbox/clocks/${clock}/advance`;
    const response = await fetch(url, { method: "POST", body: JSON.stringify({ to }) });
    if (!response.ok) throw new Error(`advance failed: ${await response.text()}`);
  };
  return {
    ...stage,
    customer,
    now,
    advanceTo: (iso) => advance(at(iso)),
    advanceBy: (seconds) => advance(now() + seconds),
  };
}
