/** What an `*.updated` event says about the object's earlier state. */

type Hash = Record<string, unknown>;

function isHash(value: unknown): value is Hash {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((entry, place) => isSame(entry, b[place]));
  }
  if (!isHash(a) || !isHash(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && isSame(a[name], b[name]));
}

/** The old values of what differs; inside hashes too. What was not there before was null. */
function changes(before: Hash, after: Hash): Hash {
  const changed: Hash = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const was = before[name];
    const is = after[name];
    if (isSame(was, is)) continue;
    changed[name] = isHash(was) && isHash(is) ? changes(was, is) : (was ?? null);
  }
  return changed;
}

/**
 * The old values of everything that differs between two states of an object, or undefined when nothing does.
 *
 * Hashes appear with their changed keys only, lists whole, as in Stripe's own events. A metadata key that is new is null; a
 * whole field that is new has no old value: a change that only adds one gives an empty hash, which is still a change.
 */
export function previousAttributes(before: object, after: object): Record<string, unknown> | undefined {
  if (isSame(before, after)) return undefined;
  const changed = changes({ ...before }, { ...after });
  return Object.fromEntries(Object.entries(changed).filter(([name]) => name in before));
}
