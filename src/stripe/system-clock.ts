/** The machine's clock: what time is in production, and the time of everything that concerns machines and not tenants. */
import type { Clock } from "@/billing/kernel/clock";

/** Tells the machine's time. Test clocks exist only beside the sandbox, so their ids are ignored. */
export const systemClock: Clock = { now: () => new Date(Date.now()) };
