/** What an `*.updated` event says about the object's earlier state. */

function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The old values of changed keys; a key that did not exist before has no old value and is left out. */
function changedMetadata(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(before).filter(([key, value]) => !isSame(value, after[key])));
}

/**
 * The old values of every field that differs between two states of an object, or undefined when nothing does.
 *
 * Fields appear whole, hashes and lists too, as the SDK types them (`Partial` of the object); of metadata only the changed
 * keys. A field that was absent has no old value: a change that only adds gives an empty hash, which is still a change.
 */
export function previousAttributes(before: object, after: object): Record<string, unknown> | undefined {
  const fresh = new Map(Object.entries(after));
  const old = new Map(Object.entries(before));
  const changed: Record<string, unknown> = {};
  let differs = false;
  for (const name of new Set([...old.keys(), ...fresh.keys()])) {
    const was = old.get(name);
    const is = fresh.get(name);
    if (isSame(was, is)) continue;
    differs = true;
    if (was === undefined) continue;
    changed[name] = name === "metadata" && isHash(was) && isHash(is) ? changedMetadata(was, is) : was;
  }
  return differs ? changed : undefined;
}
