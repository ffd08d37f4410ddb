/**
 * Time as something that is passed in. The domain never reads the machine's clock: under the sandbox the time is the
 * sandbox's, for a tenant on a test clock that clock's, so months can be walked through in seconds.
 */

/** Tells the time. */
export interface Clock {
  /** Now: of the given test clock, or of the default clock for null or nothing. */
  now(testClockId?: string | null): Date;
}

/** A clock that stands still, for pure tests. */
export function fixedClock(now: Date): Clock {
  return { now: () => new Date(now.getTime()) };
}
