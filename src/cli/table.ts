/** Tables as the terminal shows them: one line a row, columns as wide as their widest cell, two blanks between. */

/** The head and a line for each row. */
export function tableLines(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [head, ...rows].map(line);
}

/** A day for a table: 2026-01-31, in UTC as everything a command prints. */
export function dayText(at: Date): string {
  return at.toISOString().slice(0, 10);
}
