"use client";
import { type ReactNode, useState } from "react";
import type { CancelSettlement, Quote } from "@/billing/subscriptions/model";
import { dateText } from "@/ui/date-text";
import { QuoteDialog, type Setting } from "./quote-dialog";

const REASONS = ["Too expensive", "Missing something", "No longer needed", "Moving elsewhere"];

const SETTLEMENTS: Array<{ value: CancelSettlement; title: string; detail: string }> = [
  { value: "refund", title: "Refund it", detail: "To the cards that paid." },
  { value: "credit", title: "Keep it as credit", detail: "It pays for later invoices of this organisation." },
  { value: "none", title: "Leave it", detail: "Nothing is given back." },
];

export interface CancelDialogProps {
  setting: Setting;
  planName: string;
  freePlanName: string;
  periodEndAt: Date;
  /** Only now can it end: there is no period to wait for. */
  onlyNow: boolean;
  /** Whether unused time has been paid for. */
  hasPaidTime: boolean;
  onClose: () => void;
}

/** The way out: when, what happens to paid time, what is lost, an optional reason, and one button with the amount. */
export function CancelDialog(props: CancelDialogProps) {
  const { setting, planName, freePlanName, periodEndAt, onlyNow, hasPaidTime, onClose } = props;
  const [when, setWhen] = useState<"at_period_end" | "now">(onlyNow ? "now" : "at_period_end");
  const [settlement, setSettlement] = useState<CancelSettlement>("refund");
  const [reason, setReason] = useState("");
  const endText = dateText(periodEndAt, setting.timeZone);
  const doneText = (quote: Quote) => (quote.isNow ? `${planName} has ended` : `${planName} ends on ${endText}`);
  return (
    <QuoteDialog
      setting={setting}
      title={`Cancel ${planName}`}
      wish={{ verb: "cancel", when, settlement: when === "now" && hasPaidTime ? settlement : "refund" }}
      keepText={`Keep ${planName}`}
      failure="The plan was not canceled"
      returnPath={null}
      reason={reason}
      danger
      doneText={doneText}
      controls={({ busy }) => (
        <>
          {onlyNow ? null : (
            <Choices legend="When should it end?" disabled={busy}>
              <Choice
                name="when"
                checked={when === "at_period_end"}
                onChange={() => setWhen("at_period_end")}
                title={`On ${endText}`}
                detail={`Your plan stays ${planName} until that day, then becomes ${freePlanName}. You can change your mind before.`}
              />
              <Choice
                name="when"
                checked={when === "now"}
                onChange={() => setWhen("now")}
                title="Now"
                detail={`${freePlanName} starts at once with its limits. Usage so far is invoiced; starting again is a new period at its full price.`}
              />
            </Choices>
          )}
          {when === "now" && hasPaidTime ? (
            <Choices legend="What about the time you have paid for?" disabled={busy}>
              {SETTLEMENTS.map(({ value, title, detail }) => (
                <Choice
                  key={value}
                  name="settlement"
                  checked={settlement === value}
                  onChange={() => setSettlement(value)}
                  title={title}
                  detail={detail}
                />
              ))}
            </Choices>
          ) : null}
          <ReasonChoice value={reason} disabled={busy} onChange={setReason} />
          <p className="text-sm text-quiet">Invoices, usage and history stay readable after the end.</p>
        </>
      )}
      onClose={onClose}
    />
  );
}

function Choices({ legend, disabled, children }: { legend: string; disabled: boolean; children: ReactNode }) {
  return (
    <fieldset disabled={disabled} className="grid gap-2">
      <legend className="mb-2 text-sm font-medium">{legend}</legend>
      {children}
    </fieldset>
  );
}

function ReasonChoice({
  value,
  disabled,
  onChange,
}: {
  value: string;
  disabled: boolean;
  onChange: (reason: string) => void;
}) {
  return (
    <fieldset disabled={disabled}>
      <legend className="mb-1 text-sm font-medium">
        Why? <span className="font-normal text-quiet">(optional)</span>
      </legend>
      <div className="grid gap-x-4 sm:grid-cols-2">
        {REASONS.map((reason) => (
          <label key={reason} className="flex items-center gap-2 py-1 text-sm">
            <input
              type="radio"
              name="reason"
              checked={value === reason}
              onChange={() => onChange(reason)}
              className="accent-accent"
            />
            {reason}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Choice({
  title,
  detail,
  ...input
}: {
  name: string;
  checked: boolean;
  onChange: () => void;
  title: string;
  detail: string;
}) {
  return (
    <label className="flex items-start gap-3 rounded-md border border-rule p-3 has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-accent">
      <input type="radio" className="mt-1 accent-accent" {...input} />
      <span>
        <span className="block text-sm font-medium">{title}</span>
        <span className="block text-sm text-quiet">{detail}</span>
      </span>
    </label>
  );
}
