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
  const slot = 100 / Math.max(bars.length, 1);
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
        {bars.map((bar, index) => {
          const height = Math.max(bar.value > 0 ? 1.5 : 0, bar.value * scale);
          const partHeight = Math.min(height, (bar.part ?? 0) * scale);
          const x = `${index * slot + slot * 0.14}%`;
          const width = `${slot * 0.72}%`;
          const last = index === bars.length - 1;
          return (
            <g key={bar.key}>
              <rect
                x={x}
                y={HEIGHT - height}
                width={width}
                height={height}
                className={bar.running ? "fill-accent" : "fill-fill"}
              />
              {partHeight > 0 ? (
                <rect x={x} y={HEIGHT - height} width={width} height={partHeight} fill={`url(#${id}-hatch)`} />
              ) : null}
              {partHeight > 0 ? (
                <rect x={x} y={HEIGHT - height} width={width} height={height} fill="none" className="stroke-fill" />
              ) : null}
              {bar.key === peakKey || (last && bars.length <= 6) ? (
                <text
                  x={`${index * slot + slot / 2}%`}
                  y={HEIGHT - height - 6}
                  textAnchor={bars.length <= 12 ? "middle" : index === 0 ? "start" : last ? "end" : "middle"}
                  className="tabular fill-ink text-xs font-medium"
                >
                  {bar.valueText}
                </text>
              ) : null}
              {index % labelEvery === 0 || (last && index % labelEvery > labelEvery / 2) ? (
                <text
                  x={
                    labelEvery > 1 && index === 0
                      ? "0"
                      : labelEvery > 1 && last
                        ? "100%"
                        : `${index * slot + slot / 2}%`
                  }
                  y={HEIGHT + 16}
                  textAnchor={labelEvery === 1 ? "middle" : index === 0 ? "start" : last ? "end" : "middle"}
                  className="tabular fill-quiet text-xs"
                >
                  {bar.label}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
      <details className="mt-3 text-sm" open={open}>
        <summary className="link inline-block">Show the numbers as a table</summary>
        <div className="mt-3">{table}</div>
      </details>
    </figure>
  );
}
