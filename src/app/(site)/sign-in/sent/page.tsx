import type { Metadata } from "next";
import Link from "next/link";
import { env } from "@/env";
import { ButtonLink } from "@/ui/button";
import { PageHeader } from "@/ui/page-header";

export const metadata: Metadata = { title: "Check your mail" };

export default function LinkSent() {
  return (
    <div className="mx-auto max-w-xl">
      <PageHeader title="Check your mail">
        A link is on its way. It works once and for 20 minutes; opening it signs you in on that device.
      </PageHeader>
      {env().mode === "sandbox" ? (
        <>
          <p className="mb-4">In sandbox mode mail is not sent: it waits in this installation’s mailbox.</p>
          <ButtonLink href="/dev/mailbox" look="primary">
            Open the mailbox
          </ButtonLink>
        </>
      ) : (
        <p className="text-sm text-quiet">
          Nothing after a minute? Look in the spam folder, or{" "}
          <Link href="/sign-in" className="link">
            ask for another link
          </Link>
          .
        </p>
      )}
    </div>
  );
}
