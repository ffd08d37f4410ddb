/** The mails of the sandbox, newest first. With real Stripe keys there is no such page. */
import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { api } from "@/trpc/server";
import { DateText } from "@/ui/date-text";
import { PageHeader } from "@/ui/page-header";
import { EmptyState } from "@/ui/states";
import { RetryButton } from "../../../_components/retry-button";

export const metadata: Metadata = { title: "Mailbox", robots: { index: false } };

export default async function Mailbox() {
  const mails = await api.development.mailbox().catch((error: unknown) => {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  });
  return (
    <div className="mx-auto max-w-3xl">
      <PageHeader title="Mailbox" action={<RetryButton />}>
        Mail of this sandbox. Nothing here was sent to anybody.
      </PageHeader>
      {mails.length === 0 ? (
        <EmptyState title="No mail yet">Ask for a sign-in link and it will appear here.</EmptyState>
      ) : (
        <ol className="border-t border-rule">
          {mails.map((mail) => (
            <li key={mail.id} className="border-b border-rule py-5">
              <article aria-labelledby={`mail-${mail.id}`}>
                <h2 id={`mail-${mail.id}`} className="font-serif text-lg font-medium">
                  {mail.subject}
                </h2>
                <p className="mb-3 text-sm text-quiet">
                  to {mail.recipient}, <DateText at={mail.createdAt} style="dateTime" />
                </p>
                <MailText text={mail.text} />
              </article>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** The plain text of a mail with its addresses made clickable. */
function MailText({ text }: { text: string }) {
  const parts = text.split(/(https?:\/\/[^\s]+)/);
  return (
    <p className="max-w-prose text-sm break-words whitespace-pre-line">
      {parts.map((part, index) =>
        /^https?:\/\//.test(part) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their order
          <a key={index} href={part} className="link break-all">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}
