import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { env } from "@/env";
import { sessionUser } from "@/server/auth/session";
import { api } from "@/trpc/server";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page-header";
import { Region } from "../../_components/region";
import { EmailLinkForm } from "../_components/email-link-form";

export const metadata: Metadata = { title: "Sign in" };

/** What next-auth and our own routes may report, in words. */
const PROBLEMS: Record<string, string> = {
  Verification: "That link was used already or has expired. Ask for a new one.",
  DemoAccount: "That demo account does not exist (yet). Demo data may still be growing.",
  Configuration: "Sign-in is not set up correctly. The server's log says what is missing.",
};

type Search = { error?: string; callbackUrl?: string };

export default async function SignIn({ searchParams }: { searchParams: Promise<Search> }) {
  const { error, callbackUrl } = await searchParams;
  if ((await sessionUser()) && !error) redirect("/start");
  return (
    <div className="mx-auto grid max-w-4xl gap-x-16 gap-y-12 md:grid-cols-2">
      <div className="min-w-0">
        <PageHeader title="Sign in">We send a link to your email; there is no password to remember.</PageHeader>
        {error ? (
          <p role="alert" className="mb-6 border-l-2 border-loss bg-loss-wash px-4 py-2 text-sm">
            {PROBLEMS[error] ?? "Signing in did not work. Please try again."}
          </p>
        ) : null}
        <EmailLinkForm purpose="sign-in" callbackUrl={ownPath(callbackUrl)} />
        <p className="mt-6 text-sm text-quiet">
          New here?{" "}
          <Link href="/sign-up" className="link">
            Sign up
          </Link>
          , the free plan needs no card.
        </p>
      </div>
      {env().mode === "sandbox" ? <DemoAccounts /> : null}
    </div>
  );
}

function DemoAccounts() {
  return (
    <section
      aria-labelledby="demo-accounts"
      className="min-w-0 border-t border-rule pt-4 md:border-t-0 md:border-l md:pt-0 md:pl-16"
    >
      <h2 id="demo-accounts" className="font-serif text-xl font-medium">
        Or look around
      </h2>
      <p className="mt-1 mb-5 text-sm text-quiet">
        This installation runs on the sandbox: no money moves. Sign-in mails wait in the{" "}
        <Link href="/dev/mailbox" className="link">
          mailbox
        </Link>
        .
      </p>
      <Region failure="The demo accounts could not be listed" load={() => api.development.demoAccounts()}>
        {(accounts) =>
          accounts.length === 0 ? (
            <p className="text-sm text-quiet">Demo accounts appear here once demo data has been made.</p>
          ) : (
            <ul className="border-t border-rule">
              {accounts.map((account) => (
                <li key={account.email} className="border-b border-rule">
                  <form
                    method="post"
                    action="/api/demo-sign-in"
                    className="flex items-center justify-between gap-4 py-2.5"
                  >
                    <input type="hidden" name="email" value={account.email} />
                    <div className="min-w-0">
                      <p className="truncate font-medium">
                        {account.isOperator ? "Operator" : (account.tenantName ?? account.name)}
                      </p>
                      <p className="truncate text-xs text-quiet">{account.email}</p>
                    </div>
                    <Button
                      type="submit"
                      size="small"
                      aria-label={`Sign in as ${account.isOperator ? "the operator" : (account.tenantName ?? account.name)}`}
                    >
                      Sign in
                    </Button>
                  </form>
                </li>
              ))}
            </ul>
          )
        }
      </Region>
    </section>
  );
}

/** Only a path of ours may be returned to. */
function ownPath(callbackUrl: string | undefined): string {
  if (!callbackUrl) return "";
  if (callbackUrl.startsWith("/") && !callbackUrl.startsWith("//") && !callbackUrl.includes("\\")) return callbackUrl;
  return "";
}
