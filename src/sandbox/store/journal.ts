/**
 * The sandbox's memory on disk: an append-only file of one JSON line per committed transaction.
 *
 * Lines written while an earlier write is being synced share the next sync (group commit), so many small requests cost
 * few disk flushes. A line cut short by a crash is the one nobody was told about, and is dropped when reading; damage
 * anywhere else refuses to start, because silently losing what was acknowledged would be worse than stopping.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { type FileHandle, open, truncate } from "node:fs/promises";
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
  close(): Promise<void>;
}

/** Keeps nothing: for tests that need no restart. */
export const memoryJournal: Journal = {
  append() {},
  durable: () => Promise.resolve(),
  backlog: 0,
  close: () => Promise.resolve(),
};

const fileName = "journal.jsonl";

/** Calls `visit` for every complete line of the journal in a directory; returns how many bytes they take. */
export function readJournal(directory: string, visit: (line: string) => void): { bytes: number; torn: boolean } {
  const path = join(directory, fileName);
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

/** Replaces the journal by the given lines in one step: a crash leaves either the old or the new file. */
export function rewriteJournal(directory: string, lines: Iterable<string>): void {
  const path = join(directory, fileName);
  const file = openSync(`${path}.next`, "w");
  let chunk = "";
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length > 1_000_000) {
      writeSync(file, chunk);
      chunk = "";
    }
  }
  writeSync(file, chunk);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.next`, path);
  syncDirectory(directory);
}

function syncDirectory(directory: string): void {
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

  constructor(private readonly file: FileHandle) {}

  append(line: string): void {
    this.pending.push(line);
    this.pendingLength += line.length + 1;
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

  async close(): Promise<void> {
    await this.durable();
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
          await this.writeAll(Buffer.from(`${lines.join("\n")}\n`));
          await this.file.datasync();
        }
        for (const waiter of waiters) waiter.resolve();
      } catch (cause) {
        this.failure = cause;
        for (const waiter of waiters) waiter.reject(cause);
      }
    }
    this.writing = null;
  }

  private async writeAll(bytes: Buffer): Promise<void> {
    let written = 0;
    while (written < bytes.length) written += (await this.file.write(bytes, written)).bytesWritten;
  }
}

/** Opens the journal for appending, after cutting off a torn last line at `bytes`. */
export async function openJournal(directory: string, bytes: number, torn: boolean): Promise<Journal> {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, fileName);
  if (torn) await truncate(path, bytes);
  const file = await open(path, "a");
  await file.sync();
  syncDirectory(directory);
  return new FileJournal(file);
}
