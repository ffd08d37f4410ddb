/** What an `*.updated` event says about the object's earlier state. */

function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The old values of everything that differs between two states of an object, or undefined when nothing does.
 *
 * Nested hashes appear with their changed keys only, arrays and lists whole; a key that is new appears as null.
 */
export function previousAttributes(before: object, after: object): Record<string, unknown> | undefined {
  const changed: Record<string, unknown> = {};
  const old = new Map(Object.entries(before));
  const fresh = new Map(Object.entries(after));
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const was = old.get(name);
    const is = fresh.get(name);
    if (isSame(was, is)) continue;
    changed[name] = isHash(was) && isHash(is) ? (previousAttributes(was, is) ?? null) : (was ?? null);
  }
  return Object.keys(changed).length > 0 ? changed : undefined;
}
