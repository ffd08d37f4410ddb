/**
 * Durations as people type them: "32d", "1 month", "2 weeks", "6h", "1 year 3 days". Months and years are calendar steps in
 * UTC that keep the day (or take the month's last), so "1 month" from 31 January is 28 or 29 February.
 */
import { addMonths } from "@/billing/kernel/period";
import { CommandProblem } from "./output";

const MILLISECONDS: Readonly<Record<string, number>> = {
  s: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
};
const MONTHS: Readonly<Record<string, number>> = { mo: 1, month: 1, y: 12, year: 12 };
const LONGEST_MONTHS = 240;

/** The instant that lies the typed duration after another one. Throws CommandProblem for what is no duration. */
export function addDuration(from: Date, text: string): Date {
  const parts = [...text.trim().matchAll(/(\d+)\s*([a-z]+)/gi)];
  const rest = text.replace(/(\d+)\s*([a-z]+)/gi, "").replace(/[\s,]|and/gi, "");
  if (parts.length === 0 || rest !== "") throw notADuration(text);
  let at = from;
  for (const [, count = "", word = ""] of parts) at = step(at, Number(count), word.toLowerCase(), text);
  if (at <= from || at > addMonths(from, LONGEST_MONTHS)) throw notADuration(text);
  return at;
}

function step(at: Date, count: number, word: string, text: string): Date {
  const unit = word in MONTHS || word in MILLISECONDS ? word : word.replace(/s$/, "");
  const months = MONTHS[unit];
  if (months !== undefined) return addMonths(at, count * months);
  const milliseconds = MILLISECONDS[unit];
  if (milliseconds === undefined) throw notADuration(text);
  return new Date(at.getTime() + count * milliseconds);
}

function notADuration(text: string): CommandProblem {
  return new CommandProblem(
    `"${text}" is not a duration up to 20 years. Write for example "32d", "1 month" or "2 weeks".`,
  );
}
