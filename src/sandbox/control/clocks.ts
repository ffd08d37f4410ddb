/** The clock controls: read, advance, join, set. */
import type { Advanced, Walk } from "../clock/clocks";
import type { Store } from "../store/store";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

/** The clocks as GET /_sandbox/clocks and its stream tell them. */
export interface ClockState {
  default: { now: number; offsetMs: number };
  testClocks: Array<{ id: string; frozenTime: number }>;
}

/** Reads all clocks. */
export function readClocks(store: Store): ClockState {
  const testClocks = [...store.records("test_clock")].map((clock) => ({ id: clock.id, frozenTime: clock.frozen_time }));
  const offsetMs = store.find("default_clock", "default")?.offsetMs ?? 0;
  return { default: { now: store.now(null), offsetMs }, testClocks };
}

/** Answers GET /_sandbox/clocks. */
export function clockState(context: ControlContext): ClockState & { walk: Walk | null } {
  return { ...readClocks(context.store), walk: context.clocks.lastWalk };
}

function seconds(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 253_402_300_800) return value;
  throw new BadControlRequest(`"${name}" must be a time in Unix seconds.`);
}

/** {"to": time} or {"toNextDue": true, "limit": time}; answers when everything due has been handled. */
export function advanceClock(context: ControlContext, request: ControlRequest): Promise<Advanced> {
  const { to, toNextDue, limit } = request.body;
  if (toNextDue === true) {
    return context.clocks.advance(request.id, { toNextDue: true, limit: seconds(limit, "limit") });
  }
  return context.clocks.advance(request.id, { to: seconds(to, "to") });
}

/** Moves everything of a test clock onto the default clock. */
export async function joinDefaultClock(context: ControlContext, request: ControlRequest): Promise<ClockState> {
  await context.clocks.joinDefault(request.id);
  return readClocks(context.store);
}

/** Sets the default clock, also backwards: only while nothing is scheduled, because nothing may fall due twice. */
export function setDefaultClock(context: ControlContext, request: ControlRequest): ClockState {
  const { store } = context;
  if (store.size("due_moment") > 0) {
    throw new BadControlRequest("The default clock can only be set while nothing is scheduled; advance it instead.");
  }
  const offsetMs = seconds(request.body.now, "now") * 1_000 - store.realNowMs();
  store.transaction((tx) => tx.put("default_clock", { id: "default", offsetMs }));
  return readClocks(store);
}
