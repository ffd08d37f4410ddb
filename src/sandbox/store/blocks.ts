/**
 * Runs of records' JSON, compressed: in memory until a snapshot holds them, then on disk, read when somebody looks.
 *
 * A block never changes. It owns nothing but bytes: which record is where is known to whoever made it.
 */
import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** Texts of one block: enough to compress well, few enough to unpack in a fraction of a millisecond. */
export const BLOCK_TEXTS = 64;
const UNPACKED_BLOCKS = 8;
// The lowest quality that looks far enough back to find the text before: twenty to one, and faster than writing it down.
const compression = { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 22 } };

/** Where a snapshot has a block: offset and length in bytes, number of texts, fingerprint. */
export type BlockAddress = [offset: number, length: number, size: number, fingerprint: string];

/** A short check of bytes against damage. */
export function fingerprintOf(bytes: Buffer): string {
  return createHash("sha1").update(bytes).digest("hex").slice(0, 12);
}

/** Reads an exact range of an open file; throws when it does not have the given fingerprint. */
export function readRange(file: number, offset: number, length: number, fingerprint: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  const count = readSync(file, bytes, 0, length, offset);
  if (count !== length || fingerprintOf(bytes) !== fingerprint) throw new Error("The sandbox's snapshot is damaged.");
  return bytes;
}

const unpacked = new Map<Block, string[]>();

/** Up to BLOCK_TEXTS texts without line breaks. */
export class Block {
  private bytes: Buffer | null = null;
  private stored: { file: number; address: BlockAddress } | null = null;

  private constructor(readonly size: number) {}

  /** Packs texts; JSON has no bare line breaks. */
  static of(texts: readonly string[]): Block {
    const packed = brotliCompressSync(texts.join("\n"), compression);
    const block = new Block(texts.length);
    // What comes out is the front of a larger buffer: keep only what is used of it.
    block.bytes = Buffer.allocUnsafeSlow(packed.length);
    packed.copy(block.bytes);
    return block;
  }

  /** A block that a snapshot has. */
  static at(file: number, address: BlockAddress): Block {
    const block = new Block(address[2]);
    block.stored = { file, address };
    return block;
  }

  /** The packed bytes, from memory or from disk. */
  packed(): Buffer {
    if (this.bytes !== null) return this.bytes;
    if (this.stored === null) throw new Error("A block is nowhere.");
    const { file, address } = this.stored;
    return readRange(file, address[0], address[1], address[3]);
  }

  text(place: number): string {
    let texts = unpacked.get(this);
    if (texts === undefined) {
      texts = brotliDecompressSync(this.packed()).toString("utf8").split("\n");
      const oldest = unpacked.keys().next();
      if (unpacked.size >= UNPACKED_BLOCKS && oldest.done === false) unpacked.delete(oldest.value);
      unpacked.set(this, texts);
    }
    return texts[place] ?? "";
  }

  /** From now on the bytes are read from this file, and take no memory. */
  moveTo(file: number, address: BlockAddress): void {
    this.stored = { file, address };
    this.bytes = null;
  }
}
