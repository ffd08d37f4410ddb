/** When an event that failed is tried again, and when it is given up. Pure. */

/** Tries before an event is parked for an operator. */
export const ATTEMPT_LIMIT = 8;

const FIRST_DELAY_SECONDS = 1;
const FACTOR = 4;

/**
 * Seconds until the next try after the given number of failed ones, null when it is to be parked: 1 s, 4 s, 16 s … about
 * an hour and a half in all, longer than most outages and shorter than a working day.
 */
export function retryDelaySeconds(failedAttempts: number): number | null {
  if (failedAttempts >= ATTEMPT_LIMIT) return null;
  return FIRST_DELAY_SECONDS * FACTOR ** (Math.max(1, failedAttempts) - 1);
}
