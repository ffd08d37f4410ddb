/**
 * Which way a change goes and when it takes effect. Pure.
 *
 * The plan's rank decides first, then the interval, then the seats: a bigger plan by the month instead of by the year is an
 * upgrade. The catalog's policy says what follows; whoever asks may overrule it by name.
 */
import type { ChangePolicy, ChangeTiming } from "../../catalog/model";
import type { BillingInterval } from "../model";

/** Where a change leads. */
export type Direction =
  | "upgrade"
  | "downgrade"
  | "longer_interval"
  | "shorter_interval"
  | "more_seats"
  | "fewer_seats"
  | "same";

/** What directions are told from. */
export interface Standing {
  /** The plan's place in the catalog. */
  rank: number;
  interval: BillingInterval;
  seats: number | null;
}

/** The direction from one standing to another. */
export function directionOf(from: Standing, to: Standing): Direction {
  if (to.rank !== from.rank) return to.rank > from.rank ? "upgrade" : "downgrade";
  if (to.interval !== from.interval) return to.interval === "year" ? "longer_interval" : "shorter_interval";
  const before = from.seats ?? 0;
  const after = to.seats ?? 0;
  if (after === before) return "same";
  return after > before ? "more_seats" : "fewer_seats";
}

/** When a change in that direction takes effect. Another version of the same plan waits for the next period. */
export function timingOf(direction: Direction, policy: ChangePolicy, wished: ChangeTiming | "policy"): ChangeTiming {
  if (wished !== "policy") return wished;
  switch (direction) {
    case "upgrade":
      return policy.upgrade;
    case "downgrade":
      return policy.downgrade;
    case "longer_interval":
      return policy.longerInterval;
    case "shorter_interval":
      return policy.shorterInterval;
    case "more_seats":
      return policy.moreSeats;
    case "fewer_seats":
      return policy.fewerSeats;
    case "same":
      return "at_period_end";
  }
}

/** Whether the tenant has more of something afterwards. */
export function isUpward(direction: Direction): boolean {
  return direction === "upgrade" || direction === "longer_interval" || direction === "more_seats";
}
