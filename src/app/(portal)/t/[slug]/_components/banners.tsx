/** What a tenant must know on every page, the most urgent first, each with one action and a date. */
import Link from "next/link";
import type { DunningStanding } from "@/billing/dunning/model";
import type { PaymentAttention } from "@/billing/payments/model";
import type { Tenant } from "@/billing/tenants/model";
import { api } from "@/trpc/server";
import { Banner } from "@/ui/banner";
import { ButtonLink } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { cardName } from "../../../../_components/card-text";
import { mayManage, type portalOf } from "../../../../_components/portal";
import { ResumeButton } from "./resume-button";

type Portal = Awaited<ReturnType<typeof portalOf>>;

export async function Banners({ tenant, role, mode }: { tenant: Tenant; role: Portal["role"]; mode: Portal["mode"] }) {
  // A banner that cannot be computed is left out: the page below says what is broken.
  const [catalog, current, standing, href, paying] = await Promise.all([
    api.catalog.current().catch(() => null),
    api.subscriptions.current({ tenant: tenant.slug }).catch(() => null),
    api.dunning.current({ tenant: tenant.slug }).catch(() => null),
    mayManage(role) ? api.dunning.link({ tenant: tenant.slug }).catch(() => null) : null,
    api.payments.attention({ tenant: tenant.slug }).catch(() => null),
  ]);
  const base = `/t/${tenant.slug}`;
  const freePlanName = catalog?.freePlan.name ?? "the free plan";
  return (
    <aside aria-label="Notices" className="grid gap-px">
      {role === "operator" ? (
        <Banner
          tone="calm"
          action={
            <Link href="/admin/tenants" className="link">
              Back to all tenants
            </Link>
          }
        >
          You are reading this organisation’s pages as an operator. Nothing here can be changed by you.
        </Banner>
      ) : null}
      {standing ? <Unpaid {...{ standing, href, freePlanName }} timeZone={tenant.timeZone} /> : null}
      {current?.pending ? (
        <Banner
          tone="risk"
          action={
            <a href={`${base}/checkout?plan=${current.pending.planKey}`} className="link font-medium">
              Finish the payment
            </a>
          }
        >
          {current.pending.planName} starts when its first payment is confirmed.
        </Banner>
      ) : null}
      {current?.cancelAtPeriodEnd ? (
        <Banner
          tone="risk"
          action={mayManage(role) ? <ResumeButton tenant={tenant.slug} planName={current.planName} /> : null}
        >
          Your plan stays {current.planName} until{" "}
          <DateText at={current.currentPeriodEndAt} timeZone={tenant.timeZone} />, then becomes {freePlanName}.
        </Banner>
      ) : null}
      {paying ? <PayingNotices paying={paying} charged={Boolean(current?.subscription)} base={base} /> : null}
      {mode === "sandbox" ? (
        <p className="border-b border-rule px-4 py-1.5 text-xs text-quiet sm:px-8 lg:px-12">
          Sandbox: no money moves. Pay with card 4242 4242 4242 4242, any future date and any code.
        </p>
      ) : null}
    </aside>
  );
}

/** What is due, until when the plan stays, and the one place where that is put right. */
function Unpaid({
  standing,
  href,
  freePlanName,
  timeZone,
}: {
  standing: DunningStanding;
  href: string | null;
  freePlanName: string;
  timeZone: string;
}) {
  const { stage, endsPlan, planName, graceEndsAt, nextPaymentAttemptAt } = standing;
  const plan = planName ?? "plan";
  return (
    <Banner
      tone="loss"
      action={
        href === null ? null : (
          <ButtonLink href={href} hard size="small">
            Fix the payment
          </ButtonLink>
        )
      }
    >
      <strong className="font-semibold">A payment failed.</strong>{" "}
      <Money amountMinor={standing.amountDueMinor} currency={standing.currency} /> of invoice {standing.invoiceNumber}{" "}
      is still to be paid
      {stage !== "lapsed" && nextPaymentAttemptAt ? (
        <>
          ; we try again on <DateText at={nextPaymentAttemptAt} timeZone={timeZone} />
        </>
      ) : null}
      .{" "}
      {stage === "lapsed" && endsPlan
        ? `Your ${plan} plan has ended; it can be started again once this is paid.`
        : null}
      {stage !== "lapsed" && stage !== "stopped" && endsPlan ? (
        <>
          Your plan stays {plan} until <DateText at={graceEndsAt} timeZone={timeZone} />, then becomes {freePlanName}.
        </>
      ) : null}
      {href === null ? " Ask an owner or admin of this organisation to pay it." : null}
    </Banner>
  );
}

/** A card that ends before long, and accounts that cannot be charged yet. */
function PayingNotices({ paying, charged, base }: { paying: PaymentAttention; charged: boolean; base: string }) {
  const link = (text: string) => (
    <Link href={`${base}/payment-methods`} className="link font-medium">
      {text}
    </Link>
  );
  return (
    <>
      {paying.expiring && charged ? (
        <Banner tone="risk" action={link("Look at the payment methods")}>
          {cardName(paying.expiring)} is charged for your plan and{" "}
          {paying.expiring.expiry === "expired" ? "has expired" : "expires soon"}. Add another one before the next
          invoice.
        </Banner>
      ) : null}
      {paying.unverifiedCount > 0 ? (
        <Banner tone="calm" action={link("Verify")}>
          A bank account waits to be verified by its deposit.
        </Banner>
      ) : null}
    </>
  );
}
