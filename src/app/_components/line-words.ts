/**
 * How a line that Stripe describes reads on a statement. Stripe writes "1 × Studio (at $80.00 / month)"; one of a thing needs
 * no count, and the amount stands beside it.
 */
export function lineText(description: string): string {
  const [, count, name] = /^([\d,]+) × (.+) \(at [^()]+ \/ [^()]+\)$/.exec(description) ?? [];
  if (count === undefined || name === undefined) return description;
  return count === "1" ? name : `${count} × ${name}`;
}
