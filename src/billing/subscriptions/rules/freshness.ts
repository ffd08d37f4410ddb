/**
 * Which of two pictures of a subscription is the newer one.
 *
 * Pictures are dated by the tenant's clock, which may stand still for a whole month of changes (a test clock) and is coarser
 * than the changes anyway. At equal times the one that is further along in its life wins; lives only go forward.
 */
import type { Subscription } from "../model";
import { isOver, isPending } from "./status";

type Picture = Pick<Subscription, "status" | "currentPeriodStartAt">;

/** Whether the incoming picture must not overwrite the one we have. */
export function isOutdated(
  known: { picture: Picture; sourceAt: Date },
  incoming: { picture: Picture; sourceAt: Date },
): boolean {
  if (incoming.sourceAt.getTime() !== known.sourceAt.getTime()) return incoming.sourceAt < known.sourceAt;
  const before = known.picture;
  const after = incoming.picture;
  if (isOver(before.status) !== isOver(after.status)) return isOver(before.status);
  if (isPending(before.status) !== isPending(after.status)) return isPending(after.status);
  return after.currentPeriodStartAt < before.currentPeriodStartAt;
}
