/** /v1/subscription_schedules: parameters and answers. What a schedule does is in billing/. */
import "../billing/due-moments";
import { createScheduleSchema, unsupportedOfSchedules, updateScheduleSchema } from "../billing/schedule-params";
import { cancelSchedule, createSchedule, releaseSchedule, updateSchedule } from "../billing/schedules";
import { pageParameters, paginate } from "../http/pages";
import { boolean, inTimeRange, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { isListed } from "./test-clocks";

/** The endpoints of subscription schedules. */
export const subscriptionScheduleRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/subscription_schedules",
    accepts: createScheduleSchema,
    unsupported: unsupportedOfSchedules,
    handle: (tx, { params }) => createSchedule(tx, params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/subscription_schedules",
    accepts: {
      ...pageParameters,
      canceled_at: timeRange(),
      completed_at: timeRange(),
      created: timeRange(),
      customer: string(),
      released_at: timeRange(),
      scheduled: boolean(),
    },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      const within = (filter: Parameters<typeof inTimeRange>[0], time: number | null) =>
        filter === undefined || (time !== null && inTimeRange(filter, time));
      const found =
        params.customer === undefined
          ? tx.list("subscription_schedule")
          : tx.listBy("subscription_schedule", "customer", params.customer);
      const matching = found.filter(
        (schedule) =>
          isListed(schedule, { isScoped: params.customer !== undefined }) &&
          within(params.canceled_at, schedule.canceled_at) &&
          within(params.completed_at, schedule.completed_at) &&
          within(params.released_at, schedule.released_at) &&
          within(params.created, schedule.created) &&
          (params.scheduled !== true || schedule.status === "not_started"),
      );
      return paginate(matching, params, "/v1/subscription_schedules");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/subscription_schedules/:id",
    accepts: {},
    handle: (tx, input) => tx.get("subscription_schedule", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscription_schedules/:id",
    accepts: updateScheduleSchema,
    unsupported: unsupportedOfSchedules,
    handle: (tx, input) => updateSchedule(tx, pathValue(input, "id"), input.params),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscription_schedules/:id/cancel",
    accepts: { invoice_now: boolean(), prorate: boolean() },
    handle: (tx, input) => cancelSchedule(tx, pathValue(input, "id"), input.params),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/subscription_schedules/:id/release",
    accepts: { preserve_cancel_date: boolean() },
    handle: (tx, input) => releaseSchedule(tx, pathValue(input, "id"), input.params),
  }),
];
