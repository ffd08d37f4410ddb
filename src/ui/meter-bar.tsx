import { useId } from "react";

export interface MeterBarProps {
  /** What is measured, for assistive technology. */
  label: string;
  /** The whole reading in words: "145 of 100 jobs, 45 over the included quantity". */
  valueText: string;
  used: number;
  /** Null: without limit; the bar then only says that something was used. */
  included: number | null;
  /** Beyond the included quantity nothing more is accepted. */
  hard?: boolean;
}

/**
 * A thin bar: the included part solid, what is over it hatched, and a notch where the included part ends. Texture tells the
 * parts apart, colour repeats it.
 */
export function MeterBar({ label, valueText, used, included, hard = false }: MeterBarProps) {
  const hatch = useId();
  const whole = included === null ? Math.max(used, 1) : Math.max(used, included, 1);
  const includedShare = included === null ? 0 : (Math.min(used, included) / whole) * 100;
  const overShare = included === null ? 0 : (Math.max(0, used - included) / whole) * 100;
  const notch = included === null ? 100 : (included / whole) * 100;
  const payAsYouGo = included === 0;
  const full = hard && included !== null && used >= included;
  return (
    // biome-ignore lint/a11y/useSemanticElements: the native meter cannot draw two textures
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(used, included ?? used, 1)}
      aria-valuenow={used}
      aria-valuetext={valueText}
    >
      <svg aria-hidden="true" width="100%" height="10" className="block overflow-visible">
        <defs>
          <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="5" height="5" className={payAsYouGo ? "fill-track" : "fill-risk-wash"} />
            <rect width="2.5" height="5" className={payAsYouGo ? "fill-fill" : "fill-risk-fill"} />
          </pattern>
        </defs>
        <rect y="2" width="100%" height="6" rx="1.5" className="fill-track" />
        {included === null ? (
          <rect y="2" width={used > 0 ? "100%" : "0"} height="6" rx="1.5" className="fill-fill" opacity="0.35" />
        ) : (
          <rect y="2" width={`${includedShare}%`} height="6" rx="1.5" className={full ? "fill-loss" : "fill-fill"} />
        )}
        {overShare > 0 ? (
          <>
            <rect x={`${notch}%`} y="2" width={`${overShare}%`} height="6" fill={`url(#${hatch})`} />
            {payAsYouGo ? null : <rect x={`${notch}%`} y="0" width="1.5" height="10" className="fill-ink" />}
          </>
        ) : null}
      </svg>
    </div>
  );
}
