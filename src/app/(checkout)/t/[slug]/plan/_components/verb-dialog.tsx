"use client";
import type { Quote } from "@/billing/subscriptions/model";
import { QuoteDialog, type Setting } from "./quote-dialog";

/** Verbs without particulars that move money or take something away, so that they are looked at first. */
export type PlainChange = "end_trial" | "pause" | "unpause";

const WORDS: Record<
  PlainChange,
  { title: (plan: string) => string; keep: string; failure: string; note: string; done: (quote: Quote) => string }
> = {
  end_trial: {
    title: (plan) => `Start paying for ${plan} now`,
    keep: "Keep the trial",
    failure: "The trial goes on",
    note: "The trial ends now and the first paid period begins.",
    done: ({ to }) => `${to.planName} is paid from today`,
  },
  pause: {
    title: (plan) => `Pause ${plan}`,
    keep: "Do not pause",
    failure: "The plan was not paused",
    note: "Usage beyond what is included is invoiced now; then nothing is, until you resume. The free plan and its limits serve meanwhile, and the time you have paid for becomes credit, which the next period uses.",
    done: ({ from }) => `${from.planName} is paused`,
  },
  unpause: {
    title: (plan) => `Resume ${plan}`,
    keep: "Stay paused",
    failure: "The plan stays paused",
    note: "A full period begins today. Credit you have pays for a part of it.",
    done: ({ to }) => `${to.planName} is back`,
  },
};

/** Ending a trial, pausing, coming back: what it does and costs, and one button. */
export function VerbDialog({
  setting,
  verb,
  planName,
  onClose,
}: {
  setting: Setting;
  verb: PlainChange;
  planName: string;
  onClose: () => void;
}) {
  const words = WORDS[verb];
  return (
    <QuoteDialog
      setting={setting}
      title={words.title(planName)}
      wish={{ verb }}
      keepText={words.keep}
      failure={words.failure}
      returnPath={verb === "pause" ? null : `/t/${setting.tenant}/plan?do=${verb}`}
      doneText={words.done}
      controls={() => <p className="text-sm text-quiet">{words.note}</p>}
      onClose={onClose}
    />
  );
}
