/**
 * The sandbox's memory on disk: an append-only file of one JSON line per committed transaction since the last snapshot.
 *
 * While a snapshot is written a second file takes the lines; it replaces the first when the snapshot is in place. A line
 * holds whole records, so that replaying one over a state that has it already changes nothing.
 *
 * Lines written while an earlier write is being synced share the next sync (group commit), so many small requests cost
 * few disk flushes. A line cut short by a crash is the one nobody was told about, and is dropped when reading; damage
 * anywhere else refuses to start, because silently losing what was acknowledged would be worse than stopping.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";

interface Waiter {
  resolve(): void;
  reject(cause: unknown): void;
}

/** Where committed lines go. */
export interface Journal {
  append(line: string): void;
  /** Resolves when everything appended so far is on disk. */
  durable(): Promise<void>;
  /** How much waits to be written: who produces a lot without a caller to answer should let it go down first. */
  readonly backlog: number;
  /** How much was appended since the last snapshot, in characters. */
  readonly length: number;
  /** Lines go into a second file from now on. */
  divide(): Promise<void>;
  /** Everything before the division is in a snapshot. */
  forget(): void;
  close(): Promise<void>;
}

/** Keeps nothing: for tests that need no restart. */
export const memoryJournal: Journal = {
  append() {},
  durable: () => Promise.resolve(),
  backlog: 0,
  length: 0,
  divide: () => Promise.resolve(),
  forget() {},
  close: () => Promise.resolve(),
};

const fileName = "journal.jsonl";
const secondName = "journal-2.jsonl";

/**
 * Calls `visit` for every complete line of the journal in a directory; returns how many bytes they take. Two files, left by
 * a snapshot that was interrupted, are joined.
 */
export function readJournal(directory: string, visit: (line: string) => void): number {
  const path = join(directory, fileName);
  const secondPath = join(directory, secondName);
  const first = readLines(path, visit);
  if (first.torn) truncateSync(path, first.bytes);
  if (!existsSync(secondPath)) return first.bytes;
  const second = readLines(secondPath, visit);
  appendFileSync(path, readFileSync(secondPath).subarray(0, second.bytes), { flush: true });
  rmSync(secondPath);
  return first.bytes + second.bytes;
}

function readLines(path: string, visit: (line: string) => void): { bytes: number; torn: boolean } {
  if (!existsSync(path)) return { bytes: 0, torn: false };
  const content = readFileSync(path);
  let start = 0;
  let number = 0;
  while (start < content.length) {
    const end = content.indexOf(10, start);
    if (end < 0) return { bytes: start, torn: true };
    number += 1;
    try {
      visit(content.toString("utf8", start, end));
    } catch (cause) {
      throw new Error(
        `The sandbox's journal ${path} is damaged at line ${number}. Move the file away to start empty.`,
        {
          cause,
        },
      );
    }
    start = end + 1;
  }
  return { bytes: start, torn: false };
}

/** Makes new and renamed files of a directory lasting. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  fsyncSync(handle);
  closeSync(handle);
}

class FileJournal implements Journal {
  private pending: string[] = [];
  private pendingLength = 0;
  private waiters: Waiter[] = [];
  private writing: Promise<void> | null = null;
  private failure: unknown = null;
  private formerFile: FileHandle | null = null;

  constructor(
    private readonly directory: string,
    private file: FileHandle,
    public length: number,
  ) {}

  append(line: string): void {
    this.pending.push(line);
    this.pendingLength += line.length + 1;
    this.length += line.length + 1;
    this.writing ??= this.write();
  }

  get backlog(): number {
    return this.pendingLength;
  }

  durable(): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    if (this.writing === null) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  async divide(): Promise<void> {
    this.length = 0;
    // After a snapshot that failed they are divided still.
    if (this.formerFile !== null) return;
    const second = await open(join(this.directory, secondName), "a");
    syncDirectory(this.directory);
    this.formerFile = this.file;
    this.file = second;
  }

  forget(): void {
    renameSync(join(this.directory, secondName), join(this.directory, fileName));
    syncDirectory(this.directory);
    void this.formerFile?.close();
    this.formerFile = null;
  }

  async close(): Promise<void> {
    await this.durable();
    await this.formerFile?.close();
    await this.file.close();
  }

  private async write(): Promise<void> {
    // One turn of the event loop gathers what other requests commit meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.pending.length > 0 || this.waiters.length > 0) {
      const lines = this.pending;
      const waiters = this.waiters;
      this.pending = [];
      this.pendingLength = 0;
      this.waiters = [];
      try {
        if (this.failure !== null) throw this.failure;
        if (lines.length > 0) {
          const { file } = this;
          // Into the page cache: less work than handing it to another thread. Only the disk is waited for.
          writeAll(file.fd, Buffer.from(`${lines.join("\n")}\n`));
          await file.datasync();
        }
        for (const waiter of waiters) waiter.resolve();
      } catch (cause) {
        this.failure = cause;
        for (const waiter of waiters) waiter.reject(cause);
      }
    }
    this.writing = null;
  }
}

function writeAll(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

/** Opens the journal for appending; `length` is what it holds already. */
export async function openJournal(directory: string, length: number): Promise<Journal> {
  mkdirSync(directory, { recursive: true });
  const file = await open(join(directory, fileName), "a");
  await file.sync();
  syncDirectory(directory);
  return new FileJournal(directory, file, length);
}
