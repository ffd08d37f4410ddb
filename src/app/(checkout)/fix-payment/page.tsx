import type { Metadata } from "next";
import { env } from "@/env";
import { api } from "@/trpc/server";
import { CheckoutFrame } from "../_components/checkout-frame";
import { FixPayment } from "./_components/fix-payment";

/** Its address is the right to pay: it is told to no other site and kept by no search engine. */
export const metadata: Metadata = {
  title: "Pay an invoice",
  referrer: "no-referrer",
  robots: { index: false, follow: false },
};

/** Where the link of a letter leads: one invoice, paid without signing in. */
export default async function FixPaymentPage({
  searchParams,
}: {
  searchParams: Promise<{ link?: string | string[] }>;
}) {
  const { link } = await searchParams;
  const text = typeof link === "string" && link !== "" ? link : "-";
  const view = await api.fixPayment.open({ link: text.slice(0, 1_000) });
  const { stripe } = env();
  return (
    <CheckoutFrame backHref="/sign-in" backText="Sign in" sandbox={stripe.apiUrl !== null}>
      <div className="max-w-xl">
        <FixPayment first={view} link={text} publishableKey={stripe.publishableKey} />
      </div>
    </CheckoutFrame>
  );
}
