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

/** The old values of changed keys; a key that did not exist before has no old value and is left out. */
function changedMetadata(before: Hash, after: Hash): Hash {
  return Object.fromEntries(Object.entries(before).filter(([key, value]) => !isSame(value, after[key])));
}

/**
 * The old values of every field that differs between two states of an object, or undefined when nothing does.
 *
 * Fields appear whole, hashes and lists too; of metadata only the changed keys. Stripe's own events leave the unchanged keys
 * of any hash out, but its published types describe a shallow `Partial` of the object, in which a hash has all its required
 * keys: what the types promise is what is kept here. A field that was absent has no old value: a change that only adds
 * gives an empty hash, which is still a change.
 */
export function previousAttributes(before: object, after: object): Record<string, unknown> | undefined {
  const old: Hash = { ...before };
  const fresh: Hash = { ...after };
  const changed: Hash = {};
  let differs = false;
  for (const name of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    const was = old[name];
    const is = fresh[name];
    if (isSame(was, is)) continue;
    differs = true;
    if (was === undefined) continue;
    changed[name] = name === "metadata" && isHash(was) && isHash(is) ? changedMetadata(was, is) : was;
  }
  return differs ? changed : undefined;
}
