/**
 * Plans and outcomes as JSON and back: bigint, Date, undefined and exact decimals keep their types.
 *
 * A plan is carried out by whatever process retries it, maybe after a restart, so what is read must be what was decided.
 */
import { SuperJSON } from "superjson";
import { z } from "zod";
import { Decimal } from "../kernel/decimal";
import { invariant } from "../kernel/errors";

const json = new SuperJSON({ dedupe: false });
json.registerCustom<Decimal, string>(
  {
    isApplicable: (value): value is Decimal => Decimal.isDecimal(value),
    serialize: (value) => value.toString(),
    deserialize: (text) => new Decimal(text),
  },
  "decimal",
);

const storedSchema = z.object({ json: z.json(), meta: z.json().optional() });

/** The stored form of a value. */
export type StoredValue = z.infer<typeof storedSchema>;

/** A value as JSON that `decode` turns back into it. */
export function encode(value: unknown): StoredValue {
  const { json: data, meta } = json.serialize(value);
  return storedSchema.parse(meta === undefined ? { json: data ?? null } : { json: data ?? null, meta });
}

/** The value that was encoded. The caller names its type: it stored it under the same kind of operation. */
export function decode<Value>(stored: unknown): Value {
  const parsed = storedSchema.safeParse(stored);
  invariant(parsed.success, "a stored plan has the form that encode gave it");
  const { json: data, meta } = parsed.data;
  return json.deserialize<Value>({ json: data, meta: meta as Parameters<typeof json.deserialize>[0]["meta"] });
}
