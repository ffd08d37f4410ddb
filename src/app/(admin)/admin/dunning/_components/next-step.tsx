import type { DunningCaseView } from "@/billing/dunning/model";
import { DateText } from "@/ui/date-text";

const STEPS = { reminder: "Reminder", last_notice: "Last notice", lapse: "Plan ends" } as const;

/** What happens next by itself, and when. */
export function NextStep({ of }: { of: DunningCaseView }) {
  if (of.nextStep === null || of.nextStepAt === null) return <span className="text-quiet">nothing</span>;
  const text = of.nextStep === "lapse" && !of.endsPlan ? "Last of the letters" : STEPS[of.nextStep];
  return (
    <>
      {text}, <DateText at={of.nextStepAt} style="short" />
    </>
  );
}
