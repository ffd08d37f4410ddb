/** Words of pricing: how a price came to be, row by row, as it is stored with a charge and shown with a line. */
import { z } from "zod";

const decimalText = z.string().regex(/^-?\d+(\.\d+)?$/);

/**
 * One row of a line's explanation. The rows' exact amounts add up to the line, which is rounded once.
 *
 * `tier`: units at one price. `package`: whole packages of `size` units. `billed`: what earlier invoices have charged for
 * the units before, as a negative amount; prices that fall with the quantity can only be told of the whole.
 */
export const overageDetailSchema = z.object({
  kind: z.enum(["tier", "package", "billed"]),
  /** The row begins after this unit of overage. */
  from: decimalText,
  /** The last unit of the row's tier; null: no end. */
  to: decimalText.nullable(),
  /** Units in the row; packages in a row of packages. */
  quantity: decimalText,
  /** Exact major units, of one unit or one package; null where several prices have been charged. */
  unitPrice: decimalText.nullable(),
  /** Units in a package; null in other rows. */
  packageSize: decimalText.nullable(),
  /** Exact major units, not rounded. */
  amount: decimalText,
});
export type OverageDetail = z.infer<typeof overageDetailSchema>;
