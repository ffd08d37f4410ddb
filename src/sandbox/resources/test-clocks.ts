/** /v1/test_helpers/test_clocks: clocks of their own for some customers, moved by the caller. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { string, timestamp } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";

const DELETES_AFTER_SECONDS = 30 * 86_400;
const YEARS_WITHOUT_SUBSCRIPTION = 2;
const DAY = 86_400;
const intervalDays: Record<string, number> = { day: 1, week: 7, month: 31, year: 366 };

/** Twice the shortest billing interval on the clock; two years when nothing is billed on it. */
function longestAdvanceSeconds(tx: Transaction, clock: string): number {
  const days = tx
    .listBy("subscription", "test_clock", clock)
    .filter((subscription) => subscription.status !== "canceled")
    .flatMap((subscription) => subscription.items.data)
    .map(
      ({ price }) =>
        (intervalDays[price.recurring?.interval ?? "year"] ?? 366) * (price.recurring?.interval_count ?? 1),
    );
  return (days.length === 0 ? YEARS_WITHOUT_SUBSCRIPTION * 366 : Math.min(...days) * 2) * DAY;
}

/** Refuses a customer for a clock that is full, where the account's settings limit clocks. */
export function assertRoomOnClock(tx: Transaction, clock: string): void {
  const limit = tx.find("account_settings", "account")?.customersPerClock ?? null;
  if (limit === null || tx.listBy("customer", "test_clock", clock).length < limit) return;
  throw invalidRequest(`The test clock ${clock} has reached its limit of ${limit} customers.`, { param: "test_clock" });
}

/** Removes the clock's customers and everything of theirs that time could still touch. */
function removeClock(tx: Transaction, clock: Stripe.TestHelpers.TestClock): void {
  for (const customer of tx.listBy("customer", "test_clock", clock.id)) {
    for (const { id } of tx.listBy("subscription", "customer", customer.id)) tx.remove("subscription", id);
    for (const { id } of tx.listBy("invoice", "customer", customer.id)) tx.remove("invoice", id);
    for (const { id } of tx.listBy("invoiceitem", "customer", customer.id)) tx.remove("invoiceitem", id);
    tx.remove("customer", customer.id);
    tx.put("tombstone", { id: customer.id, object: "customer" });
  }
  for (const { id } of tx.listBy("due_moment", "clock", clock.id)) tx.remove("due_moment", id);
  tx.remove("test_clock", clock.id);
}

export const testClockRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/test_helpers/test_clocks",
    accepts: { frozen_time: timestamp().required(), name: string({ maxLength: 300 }) },
    unsupported: ["customer"],
    handle(tx, { params }) {
      const created = tx.now(null);
      const clock = tx.put("test_clock", {
        id: tx.newId("clock"),
        object: "test_helpers.test_clock",
        created,
        deletes_after: created + DELETES_AFTER_SECONDS,
        frozen_time: params.frozen_time,
        livemode: false,
        name: params.name ?? null,
        status: "ready",
        status_details: {},
      });
      tx.emit("test_helpers.test_clock.created", clock);
      return clock;
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/test_helpers/test_clocks",
    accepts: pageParameters,
    handle: (tx, { params }) => paginate(tx.list("test_clock"), params, "/v1/test_helpers/test_clocks"),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/test_helpers/test_clocks/:id",
    accepts: {},
    handle: (tx, input) => tx.get("test_clock", pathValue(input, "id")),
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/test_helpers/test_clocks/:id",
    accepts: {},
    handle(tx, input) {
      const clock = tx.get("test_clock", pathValue(input, "id"));
      tx.emit("test_helpers.test_clock.deleted", clock);
      removeClock(tx, clock);
      return { id: clock.id, object: clock.object, deleted: true };
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/test_helpers/test_clocks/:id/advance",
    accepts: { frozen_time: timestamp().required() },
    /** Answers at once with status "advancing"; clock/clocks.ts sees the change and walks. */
    handle(tx, input) {
      const clock = tx.get("test_clock", pathValue(input, "id"));
      const { frozen_time: target } = input.params;
      if (clock.status === "advancing") {
        throw invalidRequest("The test clock is already advancing. Wait until its status is `ready`.");
      }
      if (target <= clock.frozen_time) {
        throw invalidRequest("A test clock can only be advanced to a time after its frozen time.", {
          param: "frozen_time",
        });
      }
      if (target > clock.frozen_time + longestAdvanceSeconds(tx, clock.id)) {
        throw invalidRequest(
          "You can advance a test clock by at most two intervals of its shortest subscription, or two years.",
          { param: "frozen_time" },
        );
      }
      const advancing = tx.put("test_clock", {
        ...clock,
        status: "advancing",
        status_details: { advancing: { target_frozen_time: target } },
      });
      tx.emit("test_helpers.test_clock.advancing", advancing);
      return advancing;
    },
  }),
];

/** Whether a record belongs into a list: those on test clocks only when the caller names the clock or the customer. */
export function isListed(
  record: { test_clock?: string | { id: string } | null },
  filter: { test_clock?: string | undefined; isScoped?: boolean },
): boolean {
  const clock = idOf(record.test_clock);
  if (filter.test_clock !== undefined) return clock === filter.test_clock;
  return filter.isScoped === true || clock === null;
}
