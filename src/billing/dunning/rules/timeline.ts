/**
 * When what is due in a case. Pure: the terms, the first failure, the time and how much is done decide, nothing else.
 *
 *   first failure ──3 d──► reminder ──7 d──► reminder ──12 d──► last notice ──14 d──► the plan ends
 *        └ first notice, at once; every later step at most once, in this order, none after an end
 *
 * A worker that slept through several steps takes the newest of them: three letters at once would help nobody. What the
 * first notice promised stands: the plan ends on the day it named, not earlier.
 */
import type { DunningTerms } from "../../catalog/model";
import { addDays } from "../../kernel/period";
import type { DunningStage, DunningStepKind } from "../model";

/** A step at its time. */
export interface TimelineStep {
  kind: DunningStepKind;
  /** Names the step within its case: "reminder:1". */
  key: string;
  at: Date;
}

/** What the next step depends on. */
export interface TimelineFacts {
  stage: DunningStage;
  terms: DunningTerms;
  firstFailedAt: Date;
  stepsDone: number;
}

/** What is to be done now. `stepsDone` is the count after the step is taken. */
export type NextStep =
  | { do: "take"; step: TimelineStep; stepsDone: number }
  | { do: "wait"; until: Date; step: TimelineStep }
  | { do: "rest" };

/** When the grace ends. */
export function graceEnd(terms: DunningTerms, firstFailedAt: Date): Date {
  return addDays(firstFailedAt, terms.graceDays);
}

/** Every step after the first notice, in order. A reminder that would come with the last notice or later is left out. */
export function timelineOf(terms: DunningTerms, firstFailedAt: Date): TimelineStep[] {
  const lastNoticeDay = terms.graceDays - terms.lastNoticeDays;
  const hasLastNotice = terms.lastNoticeDays > 0 && lastNoticeDay > 0;
  const until = hasLastNotice ? lastNoticeDay : terms.graceDays;
  const days = [...new Set(terms.reminderDays)].sort((a, b) => a - b).filter((day) => day > 0 && day < until);
  const at = (day: number) => addDays(firstFailedAt, day);
  return [
    ...days.map((day, index): TimelineStep => ({ kind: "reminder", key: `reminder:${index + 1}`, at: at(day) })),
    ...(hasLastNotice ? [{ kind: "last_notice" as const, key: "last_notice", at: at(lastNoticeDay) }] : []),
    { kind: "lapse", key: "lapse", at: graceEnd(terms, firstFailedAt) },
  ];
}

/** Whether letters still go out and the grace still runs. */
export function isMoving(stage: DunningStage): boolean {
  return stage === "first_notice" || stage === "reminded" || stage === "last_notice";
}

/** What is due at a time. */
export function nextStep(facts: TimelineFacts, now: Date): NextStep {
  if (!isMoving(facts.stage)) return { do: "rest" };
  const timeline = timelineOf(facts.terms, facts.firstFailedAt);
  const due = timeline.filter(({ at }, index) => index >= facts.stepsDone && at <= now);
  const step = due.at(-1);
  if (step) return { do: "take", step, stepsDone: timeline.indexOf(step) + 1 };
  const coming = timeline[facts.stepsDone];
  return coming ? { do: "wait", until: coming.at, step: coming } : { do: "rest" };
}

/** The step the clock takes next, whenever that is; null when none is left. */
export function comingStep(facts: TimelineFacts): TimelineStep | null {
  if (!isMoving(facts.stage)) return null;
  return timelineOf(facts.terms, facts.firstFailedAt)[facts.stepsDone] ?? null;
}

/** The stage a step leads to. */
export function stageAfter(kind: DunningStepKind): DunningStage {
  const stages: Record<DunningStepKind, DunningStage> = {
    reminder: "reminded",
    last_notice: "last_notice",
    lapse: "lapsed",
  };
  return stages[kind];
}
