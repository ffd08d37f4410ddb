/** The control that asks the API for trouble: what is armed in http/faults.ts, read from and told in JSON. */
import { type Fault, type FaultKind, faultKinds } from "../http/faults";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

/** Answers GET /_sandbox/faults. */
export function readFaults({ faults }: ControlContext): { armed: Fault | null } {
  return { armed: faults.current() };
}

/** {"kind", "count", "method", "path"}: the next `count` such requests meet that trouble; `{}` ends it. */
export function armFaults(context: ControlContext, { body }: ControlRequest): { armed: Fault | null } {
  context.faults.arm(Object.keys(body).length === 0 ? null : readFault(body));
  return readFaults(context);
}

function readFault({ kind, count = 1, method = null, path = null }: Record<string, unknown>): Fault {
  if (!isKind(kind)) throw new BadControlRequest(`"kind" must be one of ${faultKinds.join(", ")}.`);
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > 1_000) {
    throw new BadControlRequest('"count" must be a whole number from 1 to 1000.');
  }
  if (method !== null && typeof method !== "string") throw new BadControlRequest('"method" must be text.');
  if (path !== null && typeof path !== "string") throw new BadControlRequest('"path" must be text.');
  return { kind, count, method: method === null ? null : method.toUpperCase(), path };
}

function isKind(value: unknown): value is FaultKind {
  return faultKinds.some((kind) => kind === value);
}
