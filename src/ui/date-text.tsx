export type DateStyle = "date" | "short" | "dateTime" | "month" | "time";

const SHAPES: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  date: { day: "numeric", month: "long", year: "numeric" },
  short: { day: "numeric", month: "short", year: "numeric" },
  dateTime: {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  },
  month: { month: "long", year: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/** An instant as text in a time zone: "19 December 2026". */
export function dateText(at: Date, timeZone = "UTC", style: DateStyle = "date", locale = "en-GB"): string {
  return new Intl.DateTimeFormat(locale, { ...SHAPES[style], timeZone }).format(at);
}

/** The instant in UTC to the minute: "2026-12-19 00:00 UTC". */
export function utcText(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** An instant in the tenant's zone; the exact time in UTC is in its title. */
export function DateText({
  at,
  timeZone = "UTC",
  style = "date",
  className = "",
}: {
  at: Date;
  timeZone?: string;
  style?: DateStyle;
  className?: string;
}) {
  return (
    <time dateTime={at.toISOString()} title={utcText(at)} className={`tabular whitespace-nowrap ${className}`}>
      {dateText(at, timeZone, style)}
    </time>
  );
}

/** A half-open period as people read it: "19 Nov 2026 – 18 Dec 2026". The end shown is the last day that belongs to it. */
export function PeriodText({ startAt, endAt, timeZone = "UTC" }: { startAt: Date; endAt: Date; timeZone?: string }) {
  const lastMoment = new Date(Math.max(startAt.getTime(), endAt.getTime() - 1));
  return (
    <span className="whitespace-nowrap">
      <DateText at={startAt} timeZone={timeZone} style="short" /> –{" "}
      <time dateTime={endAt.toISOString()} title={`until ${utcText(endAt)}`} className="tabular whitespace-nowrap">
        {dateText(lastMoment, timeZone, "short")}
      </time>
    </span>
  );
}

/** When the numbers beside it were computed. */
export function ComputedAt({ at, timeZone = "UTC", note }: { at: Date; timeZone?: string; note?: string }) {
  return (
    <p className="text-xs text-quiet">
      Computed <DateText at={at} timeZone={timeZone} style="dateTime" />
      {note ? `. ${note}` : null}
    </p>
  );
}
