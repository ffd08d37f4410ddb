/** The calendar month of the person at the browser, against which expiration dates are judged while typing. */
import { realNowMs } from "../../../clock/real-time";
import type { YearMonth } from "../card/expiry";

/** The current month. */
export function thisMonth(): YearMonth {
  const now = new Date(realNowMs());
  return { year: now.getFullYear(), month: now.getMonth() + 1 };
}
