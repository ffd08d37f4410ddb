/** Identifiers of our own: a readable prefix and 20 random characters (about 119 bits). */
import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Random text of the given length without look-alike letters; every character is equally likely. */
export function randomText(length: number): string {
  let text = "";
  const limit = 256 - (256 % ALPHABET.length);
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < limit && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

/** A new id such as "ten_3kWq…". */
export function newId(prefix: string): string {
  return `${prefix}_${randomText(20)}`;
}
