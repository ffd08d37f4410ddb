/** Ids as Stripe makes them: a prefix that names the kind, and letters and digits of a length usual for it. */
import { randomBytes } from "node:crypto";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

let pool = randomBytes(4_096);
let used = 0;

/** Random letters and digits. */
export function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    if (used === pool.length) {
      pool = randomBytes(4_096);
      used = 0;
    }
    const byte = pool[used] ?? 0;
    used += 1;
    // 248 = 4 × 62: bytes above would favour the first letters.
    if (byte < 248) text += alphabet[byte % 62];
  }
  return text;
}

const shortPrefixes = new Set(["cus", "prod", "si", "req", "taxreg"]);

/** A new id: "cus_" and 14 characters, "in_1" and 23, and so on. */
export function newId(prefix: string): string {
  if (shortPrefixes.has(prefix)) return `${prefix}_${randomText(14)}`;
  return `${prefix}_1${randomText(23)}`;
}
