/** The one place where the sandbox reads the machine's clock. */

/** Real time in Unix milliseconds. */
export function realNowMs(): number {
  return Date.now();
}

/** A monotonic reading in milliseconds, for measuring how long something takes. */
export function elapsedMs(): number {
  return performance.now();
}
