import type { ReactNode } from "react";

export interface Bar {
  key: string;
  /** Below the bar. */
  label: string;
  value: number;
  /** The value in words or money, for the peak's direct label and the table. */
  valueText: string;
  /** Of the value, a part told apart by hatching, for example usage within revenue. */
  part?: number;
  /** The period that still runs is drawn in outline. */
  running?: boolean;
}

const HEIGHT = 132;

/**
 * Bars with direct labels and a table of the same numbers below. Drawn on the server as plain SVG: no script, prints well.
 * The picture is hidden from assistive technology, which gets the sentence and the table.
 */
export function BarChart({
  id,
  title,
  summary,
  bars,
  table,
  labelEvery = 1,
  open = false,
}: {
  id: string;
  title: string;
  summary: string;
  bars: Bar[];
  table: ReactNode;
  labelEvery?: number;
  /** The table is shown from the start. */
  open?: boolean;
}) {
  const peak = Math.max(...bars.map((bar) => bar.value), 0);
  const scale = peak > 0 ? (HEIGHT - 22) / peak : 0;
  const peakKey = bars.find((bar) => bar.value === peak && peak > 0)?.key;
  return (
    <figure aria-label={title}>
      <figcaption className="mb-3 text-sm text-quiet">{summary}</figcaption>
      <svg aria-hidden="true" width="100%" height={HEIGHT + 20} className="block overflow-visible">
        <defs>
          <pattern id={`${id}-hatch`} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="4" height="4" className="fill-paper" />
            <rect width="1.6" height="4" className="fill-fill" />
          </pattern>
        </defs>
        <line x1="0" x2="100%" y1={HEIGHT} y2={HEIGHT} className="stroke-edge" strokeWidth="1" />
        {bars.map((bar, index) => (
          <BarMark
            key={bar.key}
            bar={bar}
            index={index}
            count={bars.length}
            scale={scale}
            hatch={`url(#${id}-hatch)`}
            isPeak={bar.key === peakKey}
            labelEvery={labelEvery}
          />
        ))}
      </svg>
      <details className="mt-3 text-sm" open={open}>
        <summary className="link inline-block">The numbers as a table</summary>
        <div className="mt-3">{table}</div>
      </details>
    </figure>
  );
}

interface BarMarkProps {
  bar: Bar;
  index: number;
  count: number;
  /** Pixels for one unit of value. */
  scale: number;
  hatch: string;
  isPeak: boolean;
  labelEvery: number;
}

function BarMark({ bar, index, count, scale, hatch, isPeak, labelEvery }: BarMarkProps) {
  const slot = 100 / count;
  const height = Math.max(bar.value > 0 ? 1.5 : 0, bar.value * scale);
  const box = {
    x: `${index * slot + slot * 0.14}%`,
    y: HEIGHT - height,
    width: `${slot * 0.72}%`,
  };
  const partHeight = Math.min(height, (bar.part ?? 0) * scale);
  const isLast = index === count - 1;
  const middle = `${index * slot + slot / 2}%`;
  // Labels at the edges of a long row are set inwards, so that none is cut off.
  const edge = index === 0 ? "start" : isLast ? "end" : "middle";
  const sparse = labelEvery > 1;
  const isLabelled = index % labelEvery === 0 || (isLast && index % labelEvery > labelEvery / 2);
  return (
    <g>
      <rect {...box} height={height} className={bar.running ? "fill-accent" : "fill-fill"} />
      {partHeight > 0 ? (
        <>
          <rect {...box} height={partHeight} fill={hatch} />
          <rect {...box} height={height} fill="none" className="stroke-fill" />
        </>
      ) : null}
      {isPeak ? (
        <text
          x={middle}
          y={HEIGHT - height - 6}
          textAnchor={count > 12 ? edge : "middle"}
          className="tabular fill-ink text-xs font-medium"
        >
          {bar.valueText}
        </text>
      ) : null}
      {isLabelled ? (
        <text
          x={sparse && index === 0 ? "0" : sparse && isLast ? "100%" : middle}
          y={HEIGHT + 16}
          textAnchor={sparse ? edge : "middle"}
          className="tabular fill-quiet text-xs"
        >
          {bar.label}
        </text>
      ) : null}
    </g>
  );
}
