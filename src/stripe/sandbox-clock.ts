/**
 * The sandbox's time, told synchronously: a copy of its clocks that a stream keeps fresh.
 *
 * Rules ask for the time in the middle of a decision and cannot wait for an answer, so the clocks are followed instead of
 * asked. The default clock runs on with the machine's; a test clock stands still. Refuses to tell the time of a test clock
 * it has never heard of, because guessing would bill by the wrong month.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "@/billing/kernel/clock";
import { BillingError, invariant } from "@/billing/kernel/errors";

const FIRST_DELAY_MS = 100;
const DELAY_LIMIT_MS = 2_000;

/** The clock, and how to bring it up to date and to end it. */
export interface SandboxClock extends Clock {
  /** Asks the sandbox now; afterwards every change made before the call is seen. */
  refresh(): Promise<void>;
  /** Calls the listener after each change that arrives; returns how to stop that. */
  onChange(listener: () => void): () => void;
  close(): void;
}

interface ClockState {
  default: { now: number; offsetMs: number };
  testClocks: Array<{ id: string; frozenTime: number }>;
}

/**
 * Follows the clocks of the sandbox at the address. Asks once before it returns and throws `upstream stripe.unavailable`
 * when nobody answers there; later interruptions are bridged and the stream is opened again.
 */
export async function createSandboxClock(sandboxUrl: string): Promise<SandboxClock> {
  const followed = new FollowedClocks(sandboxUrl);
  await followed.refresh();
  followed.follow();
  return followed;
}

/** Brings a clock up to date where that means something: the sandbox's is asked, the machine's is always right. */
export async function refreshClock(clock: Clock): Promise<void> {
  if (clock instanceof FollowedClocks) await clock.refresh();
}

class FollowedClocks implements SandboxClock {
  private offsetMs = 0;
  private testClocks = new Map<string, Date>();
  private readonly listeners = new Set<() => void>();
  private readonly ending = new AbortController();

  constructor(private readonly sandboxUrl: string) {}

  now(testClockId?: string | null): Date {
    if (testClockId === null || testClockId === undefined) return new Date(Date.now() + this.offsetMs);
    const frozen = this.testClocks.get(testClockId);
    invariant(frozen, `the sandbox has no test clock ${testClockId}`);
    return new Date(frozen.getTime());
  }

  async refresh(): Promise<void> {
    try {
      const response = await fetch(`${this.sandboxUrl}/_sandbox/clocks`, { signal: AbortSignal.timeout(10_000) });
      if (!response.ok) throw new Error(`The sandbox answered ${response.status}.`);
      this.take(asClockState(await response.json()));
    } catch (cause) {
      throw new BillingError("upstream", "stripe.unavailable", "The Stripe sandbox does not answer.", {
        cause,
        retryable: true,
      });
    }
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.listeners.clear();
    this.ending.abort();
  }

  /** Reads the stream until the clock is closed, opening it again whenever it breaks. */
  follow(): void {
    void (async () => {
      let delayMs = FIRST_DELAY_MS;
      while (!this.ending.signal.aborted) {
        try {
          await this.readStream(() => {
            delayMs = FIRST_DELAY_MS;
          });
        } catch {
          // The sandbox restarts or is gone for a moment; what was known stays in force until it is back.
        }
        if (this.ending.signal.aborted) return;
        await pause(delayMs, undefined, { signal: this.ending.signal, ref: false }).catch(() => undefined);
        delayMs = Math.min(delayMs * 2, DELAY_LIMIT_MS);
      }
    })();
  }

  private async readStream(alive: () => void): Promise<void> {
    const response = await fetch(`${this.sandboxUrl}/_sandbox/clocks/stream`, { signal: this.ending.signal });
    if (!response.ok || response.body === null) throw new Error(`The sandbox answered ${response.status}.`);
    let rest = "";
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const messages = (rest + text).split("\n\n");
      rest = messages.pop() ?? "";
      for (const message of messages) {
        const data = message.split("\n").find((line) => line.startsWith("data: "));
        if (data === undefined) continue;
        this.take(asClockState(JSON.parse(data.slice("data: ".length))));
        alive();
      }
    }
  }

  private take(state: ClockState): void {
    this.offsetMs = state.default.offsetMs;
    this.testClocks = new Map(state.testClocks.map((clock) => [clock.id, new Date(clock.frozenTime * 1000)]));
    for (const listener of this.listeners) listener();
  }
}

function asClockState(value: unknown): ClockState {
  const state = value as ClockState;
  invariant(
    typeof state?.default?.offsetMs === "number" && Array.isArray(state.testClocks),
    "the sandbox sent its clocks in an unknown shape",
  );
  return state;
}
