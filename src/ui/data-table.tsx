import type { ReactNode } from "react";

export interface Column<Row> {
  header: string;
  /** Numbers and money stand on the right. */
  align?: "left" | "right";
  cell: (row: Row) => ReactNode;
  /** The cell that names the row; it becomes the row's header. */
  heading?: boolean;
  /** Hidden below 640 pixels, where each row becomes a small card. */
  wideOnly?: boolean;
  className?: string;
}

/**
 * A table drawn with hairlines. Below 640 pixels every row folds into a card whose cells carry their column's name, so
 * nothing has to be scrolled sideways.
 */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  rowKey,
  footer,
}: {
  /** Said to assistive technology; the visible heading stands outside. */
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  footer?: ReactNode;
}) {
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">{caption}</caption>
      <thead className="max-sm:sr-only">
        <tr className="border-b border-ink/70">
          {columns.map((column) => (
            <th
              key={column.header}
              scope="col"
              className={`py-2 pr-4 text-xs font-medium text-quiet last:pr-0 ${column.align === "right" ? "text-right" : "text-left"} ${column.className ?? ""}`}
            >
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={rowKey(row)}
            className="border-b border-rule align-baseline hover:bg-sunken/60 max-sm:grid max-sm:gap-y-1 max-sm:py-3"
          >
            {columns.map((column) => {
              const classes = `sm:py-2.5 sm:pr-4 sm:last:pr-0 ${column.align === "right" ? "sm:text-right" : "text-left"} ${column.wideOnly ? "max-sm:hidden" : "max-sm:flex max-sm:justify-between max-sm:gap-4"} ${column.className ?? ""}`;
              return column.heading ? (
                <th key={column.header} scope="row" className={`font-medium ${classes}`}>
                  <CellName>{column.header}</CellName>
                  <span className="min-w-0 break-words max-sm:text-right">{column.cell(row)}</span>
                </th>
              ) : (
                <td key={column.header} className={classes}>
                  <CellName>{column.header}</CellName>
                  <span className="min-w-0 break-words max-sm:text-right">{column.cell(row)}</span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
      {footer ? <tfoot>{footer}</tfoot> : null}
    </table>
  );
}

/** The column's name inside a card; the table's head says it where there is room. */
function CellName({ children }: { children: string }) {
  return (
    <span aria-hidden="true" className="text-quiet sm:hidden">
      {children}
    </span>
  );
}
