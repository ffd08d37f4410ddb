/** Progress on the screen: one line a step, with a tick and its time once it is done. */

const TICK = "✓";

/** Prints steps as they are done; on a terminal also the one that is going on. */
export class Progress {
  private readonly live = process.stdout.isTTY === true;

  constructor(private readonly quiet: boolean) {}

  /** Runs a step; its value says what was done, in a few words. */
  async step(name: string, work: () => Promise<string | null> | string | null): Promise<void> {
    const startedAt = performance.now();
    if (this.live && !this.quiet) process.stdout.write(`  … ${name}`);
    try {
      const remark = await work();
      this.done(name, performance.now() - startedAt, remark);
    } catch (error) {
      if (this.live && !this.quiet) process.stdout.write("\r\u001b[K");
      throw error;
    }
  }

  /** Prints a step that somebody else timed. */
  done(name: string, durationMs: number, remark: string | null): void {
    const line = `  ${TICK} ${name.padEnd(22)} ${seconds(durationMs).padStart(7)}${remark ? `   ${remark}` : ""}`;
    this.say(this.live ? `\r\u001b[K${line}` : line);
  }

  /** Prints lines as they are. */
  say(text: string): void {
    if (!this.quiet) process.stdout.write(`${text}\n`);
  }
}

/** For people: tenths of a second. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
