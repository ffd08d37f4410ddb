/** The settings that an account has on Stripe's own pages, as far as they change what time does. */
import type { AccountSettings } from "../store/transaction";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

/** Whether a text names an end of retries. */
export function isRetriesEnd(value: unknown): value is AccountSettings["afterRetries"] {
  return value === "canceled" || value === "unpaid" || value === "past_due";
}

/** What the settings page shows. */
export type Settings = Required<Omit<AccountSettings, "id">>;

/** Answers GET /_sandbox/settings. */
export function readSettings({ store }: ControlContext): Settings {
  const stored = store.find("account_settings", "account");
  return { afterRetries: stored?.afterRetries ?? "canceled", customersPerClock: stored?.customersPerClock ?? null };
}

function isLimit(value: unknown): value is number | null {
  return value === null || (typeof value === "number" && Number.isInteger(value) && value > 0);
}

/**
 * {"afterRetries": "canceled" | "unpaid" | "past_due"}: holds for every retry that ends from now on.
 * {"customersPerClock": 3}: a test clock takes no more, as at Stripe; null ends that. Either may be left out, not both.
 */
export function changeSettings(context: ControlContext, request: ControlRequest): Settings {
  const { afterRetries, customersPerClock } = { ...readSettings(context), ...request.body };
  if (!isRetriesEnd(afterRetries)) {
    throw new BadControlRequest('"afterRetries" must be "canceled", "unpaid" or "past_due".');
  }
  if (!isLimit(customersPerClock))
    throw new BadControlRequest('"customersPerClock" must be a positive number or null.');
  if (request.body.afterRetries === undefined && request.body.customersPerClock === undefined) {
    throw new BadControlRequest('Give "afterRetries" or "customersPerClock".');
  }
  context.store.transaction((tx) => tx.put("account_settings", { id: "account", afterRetries, customersPerClock }));
  return readSettings(context);
}
