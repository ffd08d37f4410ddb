"use client";
import { signIn } from "next-auth/react";
import { type FormEvent, useState } from "react";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";

/** Asks for a sign-in link by mail; with an organisation's name the link leads to founding it. */
export function EmailLinkForm({ purpose, callbackUrl }: { purpose: "sign-in" | "sign-up"; callbackUrl: string }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const organisation = String(form.get("organisation") ?? "").trim();
    const target =
      purpose === "sign-up" ? `/welcome?organisation=${encodeURIComponent(organisation)}` : callbackUrl || "/start";
    setBusy(true);
    setProblem(null);
    const answer = await signIn("email", {
      email: String(form.get("email")).trim(),
      callbackUrl: target,
      redirect: false,
    }).catch(() => undefined);
    if (answer && !answer.error) {
      window.location.assign("/sign-in/sent");
      return;
    }
    setBusy(false);
    setProblem("The link could not be sent. Check the address and try again.");
  }

  return (
    <form onSubmit={submit} className="grid gap-5">
      {purpose === "sign-up" ? (
        <Field
          label="Organisation"
          name="organisation"
          required
          maxLength={120}
          autoComplete="organization"
          hint="The name on your invoices."
        />
      ) : null}
      <Field
        label="Email"
        name="email"
        type="email"
        required
        maxLength={254}
        autoComplete="email"
        placeholder="you@company.com"
        error={problem}
      />
      <Button type="submit" look="primary" size="large" wide busy={busy}>
        {busy ? "Sending…" : purpose === "sign-up" ? "Sign up by email" : "Email me a sign-in link"}
      </Button>
      <p role="status" className="sr-only">
        {busy ? "Sending the link" : ""}
      </p>
    </form>
  );
}
