"use client";
import type { Stripe, StripeElements } from "@stripe/stripe-js";
import { useRef } from "react";
import { trpc } from "@/trpc/client";
import { cardProblem } from "../../../../_components/card-problem";

/**
 * Saves the typed card before a trial begins. Stripe would begin a trial first and ask for the card's confirmation beside it;
 * this way a card that its bank refuses has begun nothing, and another one can be typed.
 */
export function useSavedCard(tenant: string) {
  const setup = trpc.payments.startSetup.useMutation();
  const savedId = useRef<string | null>(null);

  /** The saved card, or what is wrong with it. One that was saved and not used yet is not saved again. */
  async function save(stripe: Stripe, elements: StripeElements): Promise<{ id: string } | { problem: string }> {
    if (savedId.current !== null) return { id: savedId.current };
    const { clientSecret } = await setup.mutateAsync({ tenant });
    const confirmParams = { return_url: window.location.href };
    const saved = await stripe.confirmSetup({ elements, clientSecret, confirmParams, redirect: "if_required" });
    if (saved.error) return { problem: cardProblem(saved.error) };
    const { payment_method: method, status } = saved.setupIntent;
    const id = typeof method === "string" ? method : method?.id;
    if (status !== "succeeded" || id === undefined) {
      return { problem: "This account has to be verified before it can pay. Please use a card here." };
    }
    savedId.current = id;
    return { id };
  }

  /** What is typed from now on is another card. */
  function forget() {
    savedId.current = null;
  }

  return { save, forget };
}
