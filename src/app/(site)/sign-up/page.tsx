import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { sessionUser } from "@/server/auth/session";
import { PageHeader } from "@/ui/page-header";
import { EmailLinkForm } from "../_components/email-link-form";

export const metadata: Metadata = { title: "Sign up" };

export default async function SignUp() {
  if (await sessionUser()) redirect("/start");
  return (
    <div className="mx-auto max-w-md">
      <PageHeader title="Sign up">
        Your organisation starts on the free plan. No card is needed until you choose a paid one.
      </PageHeader>
      <EmailLinkForm purpose="sign-up" callbackUrl="" />
      <p className="mt-6 text-sm text-quiet">
        Already have an account?{" "}
        <Link href="/sign-in" className="link">
          Sign in
        </Link>
      </p>
    </div>
  );
}
