/**
 * What a suite works with, opened before its cases and closed after them: a call at the head of a file or of a `describe`
 * stands for the hooks. What comes back is filled in when the hooks run, so nothing of it may be read while cases are
 * declared. Hooks end in reverse: what a suite itself closes after its cases is closed before this.
 */
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";

/** One for all cases of the suite that calls this. */
export function share<Opened extends { close(): Promise<void> }>(open: () => Promise<Opened>): Opened {
  const handle = handleOf(open);
  beforeAll(handle.open);
  afterAll(handle.close);
  return handle.filled;
}

/** A new one for each case. */
export function renew<Opened extends { close(): Promise<void> }>(open: () => Promise<Opened>): Opened {
  const handle = handleOf(open);
  beforeEach(handle.open);
  afterEach(handle.close);
  return handle.filled;
}

function handleOf<Opened extends { close(): Promise<void> }>(open: () => Promise<Opened>) {
  const filled = {} as Opened;
  let opened: Opened | undefined;
  return {
    filled,
    open: async () => {
      opened = await open();
      // Properties with their getters and setters: a world's time may be set.
      Object.defineProperties(filled, Object.getOwnPropertyDescriptors(opened));
    },
    // Nothing is open when opening failed.
    close: async () => opened?.close(),
  };
}
