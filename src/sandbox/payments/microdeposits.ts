/**
 * Verifying a US bank account by two small deposits whose amounts, or whose descriptor, its holder reads off a statement.
 *
 * In test mode 32 and 45, or SM11AA, are right. Ten wrong answers end it, and deposits to one test account never arrive.
 */
import type Stripe from "stripe";
import { registerDue } from "../clock/due";
import { invalidRequest, StripeError } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { previousAttempts, setIntentSecret } from "./intents";
import type { CardScenario } from "./scenarios";

const ARRIVAL_SECONDS = 86_400;
const ATTEMPTS = 10;
const FAILURE_KIND = "microdeposit_failure";

/** The next action of an intent whose account waits for its deposits. */
export function microdepositAction(now: number): {
  type: "verify_with_microdeposits";
  verify_with_microdeposits: {
    arrival_date: number;
    hosted_verification_url: string;
    microdeposit_type: "descriptor_code";
  };
} {
  return {
    type: "verify_with_microdeposits",
    verify_with_microdeposits: {
      arrival_date: now + ARRIVAL_SECONDS,
      // The sandbox has no page for this: answer through the API.
      hosted_verification_url: "",
      microdeposit_type: "descriptor_code",
    },
  };
}

type Intent = Stripe.SetupIntent | Stripe.PaymentIntent;

/** Remembers that the deposits of this account will not arrive. */
export function scheduleDeposits(tx: Transaction, intent: Intent, scenario: CardScenario): void {
  if (scenario.bank?.depositsFail !== true) return;
  const at = tx.now(clockOf(tx, intent)) + ARRIVAL_SECONDS;
  tx.schedule({ clock: clockOf(tx, intent) ?? "default", at, kind: FAILURE_KIND, subject: intent.id });
}

/** What the holder read: one of the two. */
export interface DepositAnswer {
  amounts?: number[] | undefined;
  descriptor_code?: string | undefined;
}

/** Marks the intent's account as verified, or throws Stripe's 400; a wrong answer is counted. */
export function verifyDeposits(tx: Transaction, intent: Intent, answer: DepositAnswer): Stripe.PaymentMethod {
  const method = tx.find("payment_method", idOf(intent.payment_method) ?? "");
  if (intent.status !== "requires_action" || intent.next_action?.type !== "verify_with_microdeposits" || !method) {
    throw invalidRequest("This intent does not wait for micro-deposits.", {
      code: `${intent.object}_unexpected_state`,
    });
  }
  const { amounts, descriptor_code: code } = answer;
  if ((amounts === undefined) === (code === undefined)) {
    throw invalidRequest("You must specify exactly one of these parameters: amounts, descriptor_code.", {
      param: "amounts",
    });
  }
  const scenario = tx.find("payment_scenario", method.id);
  const isRight =
    amounts === undefined
      ? code === "SM11AA"
      : [...amounts].sort((a, b) => a - b).join() === "32,45" && amounts.length === 2;
  if (isRight && scenario !== undefined) {
    tx.unschedule(FAILURE_KIND, intent.id);
    tx.put("payment_scenario", { ...scenario, verified: true });
    return method;
  }
  const wrong = previousAttempts(tx, intent.id) + 1;
  setIntentSecret(tx, intent.id, { verificationAttempts: wrong });
  const what = amounts === undefined ? "descriptor_code_mismatch" : "amounts_mismatch";
  const isOver = wrong >= ATTEMPTS;
  if (isOver) failVerification(tx, intent, "payment_method_microdeposit_verification_attempts_exceeded");
  throw new StripeError(
    400,
    {
      type: "invalid_request_error",
      code: `payment_method_microdeposit_verification_${isOver ? "attempts_exceeded" : what}`,
      message: isOver
        ? "You have exceeded the number of allowed verification attempts."
        : `The answer does not match the deposits. You have ${ATTEMPTS - wrong} attempts left.`,
    },
    { commit: true },
  );
}

function failVerification(tx: Transaction, intent: Intent, code: string): void {
  const failed = {
    status: "requires_payment_method" as const,
    payment_method: null,
    next_action: null,
  };
  const error = {
    type: "invalid_request_error" as const,
    code,
    message: "The bank account could not be verified with micro-deposits. Please use another payment method.",
  };
  if (intent.object === "setup_intent") {
    const after = tx.put("setup_intent", { ...intent, ...failed, last_setup_error: error });
    tx.emit("setup_intent.setup_failed", after);
    return;
  }
  const after = tx.put("payment_intent", { ...intent, ...failed, last_payment_error: error });
  tx.emit("payment_intent.payment_failed", after);
}

registerDue(FAILURE_KIND, (tx, { subject }) => {
  const intent = tx.find("setup_intent", subject) ?? tx.find("payment_intent", subject);
  if (intent?.status === "requires_action") failVerification(tx, intent, "payment_method_microdeposit_failed");
});
