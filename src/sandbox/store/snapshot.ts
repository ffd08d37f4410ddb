/**
 * The state in one file beside the journal, so that a start reads what is there and not how it came about.
 *
 * Records lie in compressed blocks that are read when somebody looks at them; a start reads only the list of ids, and an
 * index when it is first asked. Blocks without a change since the snapshot before are copied as they are. Whoever writes
 * one lets requests go on meanwhile, because the journal that began before it is replayed over it.
 *
 *     header | blocks … | sections (rows, indexes) … | directory | where the directory is
 */
import { closeSync, existsSync, fstatSync, fsync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { BLOCK_TEXTS, Block, type BlockAddress, fingerprintOf, readRange } from "./blocks";
import { syncDirectory } from "./journal";

/** A record of a collection as a snapshot sees it. */
export interface StoredRow {
  id: string;
  sequence: number;
  /** The block its present JSON is in, and the place there; null when it is in none. */
  block: Block | null;
  place: number;
}

/** The rows a snapshot brought: in order of their sequence. */
export interface RestoredRows {
  rows: StoredRow[];
  /** What the collection gave as `extra`. */
  extra: unknown;
  /** Reads an index: its values, each with the positions of its rows; null when it came later than the snapshot. */
  readIndex(name: string): Array<[string, ...number[]]> | null;
}

/** What a collection must tell to be written, and take to be read. */
export interface Storable {
  /** All live rows in order of their sequence; the same objects each time. */
  storedRows(): StoredRow[];
  textOf(row: StoredRow): string;
  /** The row has not changed since the snapshot before: what its block holds need not stay in memory. */
  release(row: StoredRow): void;
  readonly indexNames: readonly string[];
  /** An index as values with the positions of their rows. */
  indexRows(name: string, positions: ReadonlyMap<string, number>): Array<[string, ...number[]]>;
  /** Anything else a start needs of all rows, as JSON. */
  extra(rows: readonly StoredRow[]): unknown;
  restore(saved: RestoredRows): void;
}

type Section = [offset: number, length: number, fingerprint: string];
type SavedRows = { ids: string[]; steps: number[]; blocks: BlockAddress[]; at: number[]; extra: unknown };
interface Directory {
  sequence: number;
  tables: Record<string, { rows: Section; indexes: Record<string, Section> }>;
}

const fileName = "snapshot.bin";
const header = Buffer.from("stripe sandbox snapshot 1\n");
const FOOTER_LENGTH = 64;
const SLICE_MS = 12;
const sync = promisify(fsync);

/** Lets requests pass when a slice of time is used up. */
class Pauses {
  private sinceMs = performance.now();

  async between(): Promise<void> {
    if (performance.now() - this.sinceMs < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.sinceMs = performance.now();
  }
}

/** Puts rows without a block, or in one that is mostly outdated, into new blocks. */
function* repack(table: Storable): Generator<void> {
  const living = new Map<Block, number>();
  const rows = table.storedRows();
  for (const { block } of rows) if (block !== null) living.set(block, (living.get(block) ?? 0) + 1);
  let loose: StoredRow[] = [];
  const pack = () => {
    const block = Block.of(loose.map((row) => table.textOf(row)));
    for (const [place, row] of loose.entries()) Object.assign(row, { block, place });
    loose = [];
  };
  for (const row of rows) {
    if (row.block !== null && (living.get(row.block) ?? 0) * 2 >= row.block.size) continue;
    loose.push(row);
    if (loose.length < BLOCK_TEXTS) continue;
    pack();
    // While others work, a row may change or go: the next round sees to those.
    yield;
  }
  if (loose.length > 0) pack();
}

class SnapshotFile {
  private offset = 0;
  private readonly moves: Array<() => void> = [];
  private readonly written = new Map<Block, BlockAddress>();

  constructor(readonly file: number) {
    this.write(header);
  }

  write(bytes: Buffer): Section {
    const offset = this.offset;
    writeSync(this.file, bytes, 0, bytes.length, offset);
    this.offset += bytes.length;
    return [offset, bytes.length, fingerprintOf(bytes)];
  }

  writeJson(value: unknown): Section {
    return this.write(Buffer.from(JSON.stringify(value)));
  }

  writeBlock(block: Block): BlockAddress {
    const known = this.written.get(block);
    if (known !== undefined) return known;
    const [offset, length, fingerprint] = this.write(block.packed());
    const address: BlockAddress = [offset, length, block.size, fingerprint];
    this.written.set(block, address);
    this.moves.push(() => block.moveTo(this.file, address));
    return address;
  }

  finish(directory: Directory): void {
    const [offset, length, fingerprint] = this.writeJson(directory);
    this.write(Buffer.from(`${offset} ${length} ${fingerprint}`.padEnd(FOOTER_LENGTH - 1).concat("\n")));
  }

  /** The blocks live here from now on. */
  adopt(): void {
    for (const move of this.moves) move();
  }
}

function writeTable(out: SnapshotFile, table: Storable): Directory["tables"][string] {
  const rows = table.storedRows();
  const blocks: BlockAddress[] = [];
  const numbers = new Map<Block, number>();
  const saved: SavedRows = { ids: [], steps: [], blocks, at: [], extra: table.extra(rows) };
  const positions = new Map<string, number>();
  let former = 0;
  for (const [position, row] of rows.entries()) {
    const { id, sequence, block, place } = row;
    if (block === null) throw new Error(`The record ${id} is in no block.`);
    let number = numbers.get(block);
    if (number === undefined) {
      number = blocks.push(out.writeBlock(block)) - 1;
      numbers.set(block, number);
    }
    saved.ids.push(id);
    saved.steps.push(sequence - former);
    saved.at.push(number * BLOCK_TEXTS + place);
    former = sequence;
    positions.set(id, position);
  }
  const indexes: Record<string, Section> = {};
  for (const name of table.indexNames) indexes[name] = out.writeJson(table.indexRows(name, positions));
  return { rows: out.writeJson(saved), indexes };
}

/**
 * Writes the state of all tables in place of the snapshot before; resolves to the open file, which the tables read from.
 * `settle` is called before it takes effect, and must resolve when all that was committed until then is in the journal.
 */
export async function writeSnapshot(
  directory: string,
  tables: Readonly<Record<string, Storable>>,
  sequence: () => number,
  settle: () => Promise<void>,
): Promise<number> {
  const path = join(directory, fileName);
  const file = openSync(`${path}.next`, "w+");
  try {
    const out = new SnapshotFile(file);
    const pauses = new Pauses();
    const written: Directory["tables"] = {};
    for (const [name, table] of Object.entries(tables)) {
      for (const row of table.storedRows()) if (row.block !== null) table.release(row);
      for (const _ of repack(table)) await pauses.between();
      // Rows that changed during the pauses; from here on to the table's end nothing comes in between.
      for (const _ of repack(table));
      written[name] = writeTable(out, table);
      await pauses.between();
    }
    out.finish({ sequence: sequence(), tables: written });
    await settle();
    await sync(file);
    renameSync(`${path}.next`, path);
    syncDirectory(directory);
    out.adopt();
    return file;
  } catch (failure) {
    closeSync(file);
    throw failure;
  }
}

function readDirectory(file: number): Directory {
  const footer = Buffer.alloc(FOOTER_LENGTH);
  readSync(file, footer, 0, FOOTER_LENGTH, Math.max(0, fstatSync(file).size - FOOTER_LENGTH));
  const [offset = "", length = "", fingerprint = ""] = footer.toString("latin1").trim().split(" ");
  return JSON.parse(readRange(file, Number(offset), Number(length), fingerprint).toString("utf8"));
}

/** Reads the snapshot of a directory into empty tables; null when there is none. Throws when it is damaged. */
export function readSnapshot(
  directory: string,
  tables: Readonly<Record<string, Storable>>,
): { file: number; sequence: number } | null {
  const path = join(directory, fileName);
  if (!existsSync(path)) return null;
  const file = openSync(path, "r");
  try {
    const found = readDirectory(file);
    const read = ([offset, length, fingerprint]: Section) =>
      JSON.parse(readRange(file, offset, length, fingerprint).toString("utf8"));
    for (const [name, saved] of Object.entries(found.tables)) {
      const table = tables[name];
      if (table === undefined) throw new Error(`Unknown collection ${name}.`);
      const { ids, steps, blocks, at, extra } = read(saved.rows) as SavedRows;
      const opened = blocks.map((address) => Block.at(file, address));
      let sequence = 0;
      const rows = ids.map((id, position): StoredRow => {
        const home = at[position] ?? 0;
        sequence += steps[position] ?? 0;
        const block = opened[Math.floor(home / BLOCK_TEXTS)] ?? null;
        return { id, sequence, block, place: home % BLOCK_TEXTS };
      });
      const readIndex = (index: string) => {
        const section = saved.indexes[index];
        return section === undefined ? null : (read(section) as Array<[string, ...number[]]>);
      };
      table.restore({ rows, extra, readIndex });
    }
    return { file, sequence: found.sequence };
  } catch (cause) {
    closeSync(file);
    throw new Error(`The sandbox's snapshot ${path} is damaged. Move its directory away to start empty.`, { cause });
  }
}
