"use client";
import { Elements } from "@stripe/react-stripe-js";
import type { Appearance, CustomFontSource, Stripe, StripeElementsOptions } from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "@/ui/button";
import { ErrorState } from "@/ui/states";
import { useIsDark } from "@/ui/theme";

/** Our typeface for Stripe's frames, which see nothing of this page; its address is a whole one, because they live elsewhere. */
function fontsOf(): CustomFontSource[] {
  const file = new URL(
    "../../../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    import.meta.url,
  );
  const address = new URL(file.pathname, window.location.origin).href;
  return [{ family: "Inter", src: `url(${address})`, weight: "100 900", display: "swap" }];
}

/** Stripe's fields in our clothes; the same colours as globals.css, which its frames cannot read. */
function appearanceOf(dark: boolean): Appearance {
  const ink = dark ? "#ece8e1" : "#25211c";
  const quiet = dark ? "#aea89e" : "#67615a";
  const edge = dark ? "#7b756c" : "#8b857b";
  const raised = dark ? "#25221e" : "#fefdfb";
  const accent = dark ? "#5fcf9f" : "#0b6b47";
  return {
    theme: dark ? "night" : "stripe",
    labels: "above",
    variables: {
      colorPrimary: accent,
      colorBackground: raised,
      colorText: ink,
      colorTextSecondary: quiet,
      colorTextPlaceholder: quiet,
      colorDanger: dark ? "#f0988a" : "#a3281f",
      fontFamily: "Inter, ui-sans-serif, system-ui, sans-serif",
      fontSizeBase: "15px",
      borderRadius: "5px",
      spacingUnit: "4px",
    },
    rules: {
      ".Input": { border: `1px solid ${edge}`, boxShadow: "none" },
      ".Input:focus": { border: `1px solid ${accent}`, boxShadow: `0 0 0 1px ${accent}`, outline: "none" },
      ".Label": { fontWeight: "500", fontSize: "13px" },
      ".Tab": { border: `1px solid ${edge}`, boxShadow: "none" },
    },
  };
}

/** Puts Stripe around its fields; says so in words when Stripe cannot be reached. */
export function StripeFields({
  publishableKey,
  options,
  children,
}: {
  publishableKey: string;
  options: StripeElementsOptions;
  children: ReactNode;
}) {
  const dark = useIsDark();
  // Only the browser knows where it is, and Stripe's fields exist only there.
  const [fonts] = useState(() => (typeof window === "undefined" ? [] : fontsOf()));
  const [stripe, setStripe] = useState<Promise<Stripe | null> | null>(null);
  const [unreachable, setUnreachable] = useState(false);

  useEffect(() => {
    const loading = loadStripe(publishableKey);
    loading.then((loaded) => setUnreachable(loaded === null)).catch(() => setUnreachable(true));
    setStripe(loading.catch(() => null));
  }, [publishableKey]);

  if (unreachable) {
    return (
      <ErrorState
        title="The card fields could not be loaded"
        message="They come directly from Stripe. Check your connection and whether something blocks scripts of Stripe, then reload the page."
        retry={
          <Button size="small" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        }
      />
    );
  }
  return (
    <Elements stripe={stripe} options={{ ...options, locale: "en", fonts, appearance: appearanceOf(dark) }}>
      {children}
    </Elements>
  );
}
