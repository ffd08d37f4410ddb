"use client";
import { type FormEvent, useEffect, useRef } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";

/** The form of a new organisation; `atOnce` sends it without asking again. */
export function OpenOrganisation({ name, atOnce }: { name: string; atOnce: boolean }) {
  const open = trpc.account.openOrganisation.useMutation({
    onSuccess: (tenant) => window.location.assign(`/t/${tenant.slug}`),
  });
  const begun = useRef(false);
  const { mutate } = open;

  useEffect(() => {
    if (!atOnce || begun.current) return;
    begun.current = true;
    mutate({ name: name.trim(), timeZone: ownTimeZone() });
  }, [atOnce, name, mutate]);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const chosen = String(new FormData(event.currentTarget).get("organisation")).trim();
    mutate({ name: chosen, timeZone: ownTimeZone() });
  }

  const busy = open.isPending || open.isSuccess;
  return (
    <form onSubmit={submit} className="grid gap-5">
      <Field
        label="Organisation"
        name="organisation"
        required
        maxLength={120}
        defaultValue={name}
        hint="The name on your invoices."
        error={open.error ? failureOf(open.error).message : null}
      />
      <Button type="submit" look="primary" size="large" wide busy={busy}>
        {busy ? "Setting up…" : "Create organisation"}
      </Button>
    </form>
  );
}

function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}
