/**
 * Turns a stored object into the one a caller sees: includable fields only when asked for, ids replaced by objects where
 * `expand` names them. Unchanged parts are shared with the stored record, not copied.
 */
import { isCollectionName } from "../store/collections";
import type { CollectionName, Transaction } from "../store/transaction";
import { invalidRequest, notSupported } from "./errors";
import { expandable } from "./expandable";

/** The tree of names an `expand` list spells. */
export type ExpandTree = ReadonlyMap<string, ExpandTree>;
type MutableTree = Map<string, MutableTree>;

/** Nothing expanded. */
export const nothingExpanded: ExpandTree = new Map();

/** Computes an includable field; without one, the field is part of the stored record. */
export type IncludableField = (tx: Transaction, owner: Record<string, unknown>) => unknown;

const includable = new Map<string, Map<string, IncludableField | null>>();

/**
 * Declares a field that Stripe leaves out unless it is expanded.
 *
 * `compute` makes it when asked; pass null when the stored record already holds it (a price's tiers).
 */
export function registerIncludable(object: string, field: string, compute: IncludableField | null): void {
  const fields = includable.get(object) ?? new Map<string, IncludableField | null>();
  fields.set(field, compute);
  includable.set(object, fields);
}

/** The collection that holds objects of a Stripe type, where the names differ. */
const collectionOf: Record<string, CollectionName> = {
  "test_helpers.test_clock": "test_clock",
  line_item: "invoice_line",
  "checkout.session": "checkout_session",
  "billing_portal.configuration": "portal_configuration",
};

const MAXIMUM_DEPTH = 4;

/** Reads an `expand` list into a tree; deeper than four levels is Stripe's 400. */
export function expandTree(paths: readonly string[]): ExpandTree {
  const root: MutableTree = new Map();
  for (const path of paths) {
    const names = path.split(".");
    // The "data" of a list is a level like any other.
    if (names.length > MAXIMUM_DEPTH) {
      throw invalidRequest(`You cannot expand more than 4 levels of a property (${path}).`, { param: "expand" });
    }
    let node = root;
    for (const name of names) {
      let child = node.get(name);
      if (child === undefined) {
        child = new Map();
        node.set(name, child);
      }
      node = child;
    }
  }
  return root;
}

interface Place {
  /** Type of the nearest object above, and the path inside it. */
  type: string;
  path: string;
  /** The whole path from the root of the reply, for messages. */
  from: string;
}

function isHash(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cannotExpand(path: string) {
  return invalidRequest(
    `This property cannot be expanded (${path}). You may want to try expanding a different property.`,
    { param: "expand" },
  );
}

function resolve(tx: Transaction, types: string, id: string, path: string): unknown {
  for (const type of types.split("|")) {
    const kind = collectionOf[type] ?? type;
    const found = isCollectionName(kind) ? tx.find(kind, id) : undefined;
    if (found !== undefined) return found;
  }
  const tombstone = tx.find("tombstone", id);
  if (tombstone !== undefined) return { ...tombstone, deleted: true };
  throw notSupported(`Expanding '${path}'`, "expand");
}

function presentList(tx: Transaction, values: readonly unknown[], tree: ExpandTree, place: Place): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (const [position, value] of values.entries()) {
    const shown = presentValue(tx, value, tree, place);
    if (shown !== value && copy === null) copy = values.slice();
    if (copy !== null) copy[position] = shown;
  }
  return copy ?? values;
}

/** A field named in the tree: an id becomes its object, a hash is entered. */
function presentExpanded(tx: Transaction, value: unknown, tree: ExpandTree, place: Place): unknown {
  const types = expandable[place.type]?.[place.path];
  if (value === null || value === undefined) {
    const mayBeThere = types !== undefined || tree.size > 0 || includable.get(place.type)?.has(place.path) === true;
    if (!mayBeThere) throw cannotExpand(place.from);
    return value;
  }
  const open = (one: unknown) => {
    if (typeof one !== "string") return presentValue(tx, one, tree, place);
    if (types === undefined) throw cannotExpand(place.from);
    return presentValue(tx, resolve(tx, types, one, place.from), tree, place);
  };
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "string" && !isHash(value)) throw cannotExpand(place.from);
  return open(value);
}

function presentValue(tx: Transaction, value: unknown, tree: ExpandTree, place: Place): unknown {
  if (Array.isArray(value)) return presentList(tx, value, tree, place);
  if (!isHash(value)) return value;
  const type = typeof value.object === "string" ? value.object : null;
  const isList = type === "list" || type === "search_result";
  const here: Place = type === null || isList ? place : { type, path: "", from: place.from };
  const fields = includable.get(here.type);
  let copy: Record<string, unknown> | null = null;
  const change = () => {
    copy ??= { ...value };
    return copy;
  };
  for (const [name, entry] of Object.entries(value)) {
    const path = here.path === "" ? name : `${here.path}.${name}`;
    const child: Place = { type: here.type, path: isList ? here.path : path, from: join(here.from, name) };
    const branch = tree.get(name);
    if (branch === undefined && fields?.has(path) === true) {
      delete change()[name];
      continue;
    }
    const shown =
      branch === undefined
        ? presentValue(tx, entry, nothingExpanded, child)
        : presentExpanded(tx, entry, branch, child);
    if (shown !== entry) change()[name] = shown;
  }
  for (const [name, branch] of tree) {
    if (Object.hasOwn(value, name)) continue;
    const path = here.path === "" ? name : `${here.path}.${name}`;
    const compute = fields?.get(path);
    if (compute === undefined) throw cannotExpand(join(here.from, name));
    if (compute === null) continue;
    const child: Place = { type: here.type, path, from: join(here.from, name) };
    change()[name] = presentValue(tx, compute(tx, value), branch, child);
  }
  return copy ?? value;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** The object as a caller sees it. */
export function present<T>(tx: Transaction, value: T, tree: ExpandTree): T {
  // Presenting replaces ids by objects and drops optional fields: the type's own unions allow both.
  return presentValue(tx, value, tree, { type: "", path: "", from: "" }) as T;
}
