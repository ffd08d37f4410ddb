/** The settings that an account has on Stripe's own pages, as far as they change what time does. */
import type { AccountSettings } from "../store/transaction";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

/** Whether a text names an end of retries. */
export function isRetriesEnd(value: unknown): value is AccountSettings["afterRetries"] {
  return value === "canceled" || value === "unpaid" || value === "past_due";
}

/** Answers GET /_sandbox/settings. */
export function readSettings({ store }: ControlContext): Omit<AccountSettings, "id"> {
  return { afterRetries: store.find("account_settings", "account")?.afterRetries ?? "canceled" };
}

/** {"afterRetries": "canceled" | "unpaid" | "past_due"}: holds for every retry that ends from now on. */
export function changeSettings(context: ControlContext, request: ControlRequest): Omit<AccountSettings, "id"> {
  const { afterRetries } = request.body;
  if (!isRetriesEnd(afterRetries)) {
    throw new BadControlRequest('"afterRetries" must be "canceled", "unpaid" or "past_due".');
  }
  context.store.transaction((tx) => tx.put("account_settings", { id: "account", afterRetries }));
  return readSettings(context);
}
