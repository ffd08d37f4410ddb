/**
 * Card brands by their number ranges: which brand a number belongs to, how long it may be, how people group its digits.
 *
 * Owns the public ranges that matter for input; it does not know test cards, the server decides what those do.
 */

export type CardBrand = "visa" | "mastercard" | "amex" | "discover" | "diners" | "jcb" | "unionpay" | "unknown";

/** One family of number ranges of a brand. */
export interface BrandRange {
  brand: CardBrand;
  /** Inclusive ranges of leading digits; both ends have the same length. */
  prefixes: ReadonlyArray<readonly [from: string, to: string]>;
  lengths: readonly number[];
  cvcLength: 3 | 4;
  /** Digits per group as printed on the card. */
  groups: readonly number[];
}

const fours = [4, 4, 4, 4, 3] as const;

const ranges: readonly BrandRange[] = [
  { brand: "visa", prefixes: [["4", "4"]], lengths: [16], cvcLength: 3, groups: fours },
  {
    brand: "mastercard",
    prefixes: [
      ["51", "55"],
      ["2221", "2720"],
    ],
    lengths: [16],
    cvcLength: 3,
    groups: fours,
  },
  {
    brand: "amex",
    prefixes: [
      ["34", "34"],
      ["37", "37"],
    ],
    lengths: [15],
    cvcLength: 4,
    groups: [4, 6, 5],
  },
  {
    brand: "discover",
    prefixes: [
      ["6011", "6011"],
      ["644", "649"],
      ["65", "65"],
    ],
    lengths: [16],
    cvcLength: 3,
    groups: fours,
  },
  { brand: "diners", prefixes: [["36", "36"]], lengths: [14], cvcLength: 3, groups: [4, 6, 4] },
  {
    brand: "diners",
    prefixes: [
      ["300", "305"],
      ["3095", "3095"],
      ["38", "39"],
    ],
    lengths: [16],
    cvcLength: 3,
    groups: fours,
  },
  { brand: "jcb", prefixes: [["3528", "3589"]], lengths: [16], cvcLength: 3, groups: fours },
  {
    brand: "unionpay",
    prefixes: [
      ["62", "62"],
      ["81", "81"],
    ],
    lengths: [16, 17, 18, 19],
    cvcLength: 3,
    groups: fours,
  },
];

const unknownRange: BrandRange = {
  brand: "unknown",
  prefixes: [],
  lengths: [16],
  cvcLength: 3,
  groups: fours,
};

/** Whether more digits could still lead from `digits` into the range (or whether they are in it already). */
function reaches(digits: string, [from, to]: readonly [string, string]): boolean {
  const shared = Math.min(digits.length, from.length);
  const head = digits.slice(0, shared);
  return head >= from.slice(0, shared) && head <= to.slice(0, shared);
}

function contains(digits: string, prefix: readonly [string, string]): boolean {
  return digits.length >= prefix[0].length && reaches(digits, prefix);
}

/** The family a number belongs to by what is typed so far; the family "unknown" while that is open. */
export function rangeOf(digits: string): BrandRange {
  return ranges.find((range) => range.prefixes.some((prefix) => contains(digits, prefix))) ?? unknownRange;
}

/** The brand of what is typed so far. */
export function brandOf(digits: string): CardBrand {
  return rangeOf(digits).brand;
}

/** False when no card number of any brand starts with these digits. */
export function couldBecomeACard(digits: string): boolean {
  return ranges.some((range) => range.prefixes.some((prefix) => reaches(digits, prefix)));
}
