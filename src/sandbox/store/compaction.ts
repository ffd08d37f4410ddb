/**
 * Decides when the journal has grown enough to be replaced by a snapshot, and does it beside the requests.
 *
 * A start must stay short however long the sandbox ran: when nothing happens a little journal is reason enough, in the
 * midst of work only a lot of it, and an orderly end leaves next to none. It never fails a request: a snapshot that
 * cannot be written leaves the journal as it is, which is complete without it.
 */
import { closeSync } from "node:fs";
import type { Journal } from "./journal";
import { type Storable, writeSnapshot } from "./snapshot";

const QUIET_MS = 2_000;
const LENGTH_WHEN_QUIET = 4_000_000;
const LENGTH_AT_WORK = 48_000_000;
const LENGTH_AT_END = 50_000;

/** The snapshots of one data directory. */
export class Compaction {
  private running: Promise<void> | null = null;
  private quiet: NodeJS.Timeout | null = null;
  private isBusy = false;

  constructor(
    private readonly directory: string,
    private readonly tables: Readonly<Record<string, Storable>>,
    private readonly journal: Journal,
    private readonly sequence: () => number,
    /** The open snapshot that the tables read from. */
    private file: number | null,
  ) {}

  /** Called after every commit. */
  consider(): void {
    this.isBusy = true;
    if (this.running !== null || this.journal.length < LENGTH_WHEN_QUIET) return;
    if (this.journal.length > LENGTH_AT_WORK) this.start();
    else this.quiet ??= this.wait();
  }

  /** Leaves a short journal behind, if there is one worth the effort. */
  async finish(): Promise<void> {
    if (this.quiet !== null) clearTimeout(this.quiet);
    await this.running;
    if (this.journal.length > LENGTH_AT_END) await this.start();
  }

  /** After the tables are read for the last time. */
  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  private wait(): NodeJS.Timeout {
    this.isBusy = false;
    const timer = setTimeout(() => {
      this.quiet = null;
      if (this.running !== null) return;
      if (this.isBusy) this.quiet = this.wait();
      else this.start();
    }, QUIET_MS);
    timer.unref();
    return timer;
  }

  private start(): Promise<void> {
    this.running = this.compact()
      // The journal goes on alone; the next occasion tries again.
      .catch(() => undefined)
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  private async compact(): Promise<void> {
    await this.journal.divide();
    const { directory, tables, sequence, journal } = this;
    const file = await writeSnapshot(directory, tables, sequence, () => journal.durable());
    if (this.file !== null) closeSync(this.file);
    this.file = file;
    journal.forget();
  }
}
