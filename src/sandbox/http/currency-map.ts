/** Hashes whose keys are currencies, as in `currency_options[eur][unit_amount]`. */
import { supportedCurrency } from "./currencies";
import { invalidParameter } from "./errors";
import { hash, type Infer, Kind, type ParameterSchema } from "./params";

/** A hash by currency; the handler gets it with lower-case keys. An empty value is an empty hash. */
export function byCurrency<S extends ParameterSchema>(
  schema: S,
  unsupported: readonly string[] = [],
): Kind<Record<string, Infer<S>>, false> {
  const option = hash(schema, unsupported);
  return new Kind(
    (value, path) => {
      if (typeof value === "string") {
        throw invalidParameter("parameter_invalid_hash", path, `Invalid object: ${path} must be a hash.`);
      }
      const read: Record<string, Infer<S>> = {};
      for (const [key, entry] of Object.entries(value)) {
        const at = `${path}[${key}]`;
        read[supportedCurrency(key, at)] = option.decode(entry, at);
      }
      return read;
    },
    false,
    false,
    { hash: { currency: option }, unsupported: [] },
  );
}
