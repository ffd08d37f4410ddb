"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, startTransition, useState } from "react";
import type { Quote, TenantWish } from "@/billing/subscriptions/model";
import { type Failure, failureOf } from "@/trpc/client";
import { Button, ButtonLink } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState, Skeleton } from "@/ui/states";
import { toast } from "@/ui/toast";
import { QuoteStatement } from "../../../../../_components/quote-statement";
import { QuoteMoved } from "../../../../_components/quote-moved";
import { confirmText } from "../../../../_components/quote-words";
import { type LiveQuote, useQuote } from "../../../../_components/use-quote";
import { type ChangePhase, useChangeSession } from "./change-session";
import { Charged, OtherCardLink } from "./charged-card";
import { WaitForWord } from "./wait-for-word";

/** What every dialog about the plan is told. */
export interface Setting {
  tenant: string;
  timeZone: string;
  publishableKey: string;
}

/** What a dialog's own controls may know of its quote. */
export interface QuoteState {
  quote: Quote | null;
  failure: Failure | null;
  busy: boolean;
}

export interface QuoteDialogProps {
  setting: Setting;
  title: string;
  wish: TenantWish;
  /** Said in place of a quote while the wish wants nothing that is not there already. */
  nothingYet?: string | null;
  /** Something is still being typed that the wish does not know. */
  settling?: boolean;
  /** The button that leaves everything as it is. */
  keepText: string;
  /** Heads what went wrong: "The plan was not changed". */
  failure: string;
  /** Where to come back to after another card was added; null where none is charged. */
  returnPath: string | null;
  reason?: string;
  danger?: boolean;
  /** Said once the server has done it. */
  doneText: (quote: Quote) => string;
  controls?: (state: QuoteState) => ReactNode;
  onClose: () => void;
}

/**
 * One wish, its quote, and one button that says what it does and what it costs. The button works only while the quote on
 * the page is the newest one; it is never pressed twice; and nothing is said to be done before the server says so.
 */
export function QuoteDialog(props: QuoteDialogProps) {
  const { setting, wish, onClose, doneText, settling = false } = props;
  const { tenant, timeZone, publishableKey } = setting;
  const router = useRouter();
  const nothingYet = props.nothingYet ?? null;
  const live = useQuote({ tenant, wish, timeZone, enabled: nothingYet === null });
  const [told, setTold] = useState<Quote | null>(null);
  const done = () => {
    if (live.quote) toast(doneText(told ?? live.quote));
    // In one step: the page behind must not show the old plan when nothing covers it any more.
    startTransition(() => {
      router.refresh();
      onClose();
    });
  };
  const session = useChangeSession({ tenant, publishableKey, onRenew: live.renew, onDone: done });
  const { phase, problem } = session;
  const busy = phase !== "look";
  const mayConfirm = live.isCurrent && !settling;
  const failure = live.error && nothingYet === null ? failureOf(live.error) : null;

  if (phase === "bank") return <AtTheBank />;
  return (
    <Dialog open onClose={onClose} locked={phase === "commit"} title={props.title}>
      {phase === "wait" ? (
        <WaitForWord
          tenant={tenant}
          expected={(told ?? live.quote)?.to ?? null}
          onDone={done}
          onGivenUp={session.giveUpWaiting}
        />
      ) : (
        <>
          {props.controls ? (
            <div className="mb-5 grid gap-4">{props.controls({ quote: live.quote, failure, busy })}</div>
          ) : null}
          <QuoteMoved replaced={live.replaced} />
          {nothingYet === null ? (
            <QuoteRegion live={live} failure={failure} fresh={mayConfirm} setting={setting} />
          ) : (
            <p className="border-t border-rule pt-4 text-sm text-quiet">{nothingYet}</p>
          )}
          {live.quote && props.returnPath ? (
            <Charged tenant={tenant} quote={live.quote} returnPath={props.returnPath} />
          ) : null}
          {problem ? <NotDone {...props} problem={problem} /> : null}
          <Buttons
            {...props}
            quote={live.quote}
            phase={phase}
            mayConfirm={mayConfirm}
            unasked={failure !== null || nothingYet !== null}
            onSubmit={(quote) => {
              setTold(quote);
              void session.submit(quote, props.reason);
            }}
          />
        </>
      )}
    </Dialog>
  );
}

/** What went wrong, in place; where a card did, the way to another one and back. */
function NotDone({ problem, failure, setting, returnPath }: QuoteDialogProps & { problem: Failure }) {
  const isAboutCard = returnPath !== null && problem.code?.startsWith("payment.");
  const retry = isAboutCard ? <OtherCardLink tenant={setting.tenant} returnPath={returnPath} /> : null;
  return (
    <div className="mt-4">
      <ErrorState title={failure} {...problem} retry={retry} />
    </div>
  );
}

/** The bank's own window needs the whole page, so ours steps aside meanwhile. */
function AtTheBank() {
  return (
    <p
      role="status"
      className="fixed inset-x-4 bottom-6 z-40 mx-auto max-w-md rounded-md bg-ink px-4 py-3 text-sm text-paper"
    >
      Your bank asks you to confirm the payment. Your plan stays as it is until you have.
    </p>
  );
}

function QuoteRegion({
  live,
  failure,
  fresh,
  setting,
}: {
  live: LiveQuote;
  failure: Failure | null;
  fresh: boolean;
  setting: Setting;
}) {
  if (failure) {
    const retry =
      failure.code === "tax.location_required" ? (
        <ButtonLink hard size="small" href={`/t/${setting.tenant}/settings`}>
          Add your address
        </ButtonLink>
      ) : (
        <Button size="small" onClick={live.retry}>
          Try again
        </Button>
      );
    return <ErrorState title="The amounts could not be computed" {...failure} retry={retry} />;
  }
  if (!live.quote) return <Skeleton lines={7} label="Computing the amounts" />;
  return (
    <div aria-busy={!fresh} className={`transition-opacity ${fresh ? "" : "opacity-50"}`}>
      <QuoteStatement quote={live.quote} timeZone={setting.timeZone} />
    </div>
  );
}

function Buttons({
  setting,
  quote,
  phase,
  mayConfirm,
  unasked,
  keepText,
  danger = false,
  onSubmit,
  onClose,
}: QuoteDialogProps & {
  quote: Quote | null;
  phase: ChangePhase;
  mayConfirm: boolean;
  /** There is nothing that could be confirmed. */
  unasked: boolean;
  onSubmit: (quote: Quote) => void;
}) {
  const busy = phase === "commit";
  const text = busy ? "Working…" : quote && mayConfirm ? confirmText(quote, setting.timeZone) : "Computing…";
  return (
    <form
      className="sticky bottom-0 -mx-6 mt-6 -mb-6 flex flex-wrap justify-end gap-3 border-t border-rule bg-raised px-6 py-4 sm:-mx-8 sm:-mb-8 sm:px-8"
      onSubmit={(event) => {
        event.preventDefault();
        if (quote && mayConfirm && !busy) onSubmit(quote);
      }}
    >
      <Button onClick={onClose} disabled={busy} className="max-sm:w-full max-sm:py-2 max-sm:whitespace-normal">
        {keepText}
      </Button>
      {unasked ? null : (
        <Button
          type="submit"
          look={danger ? "danger" : "primary"}
          busy={busy}
          disabled={!mayConfirm}
          className="max-sm:w-full max-sm:py-2 max-sm:whitespace-normal"
        >
          {text}
        </Button>
      )}
    </form>
  );
}
