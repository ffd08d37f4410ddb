import type { Actor } from "@/billing/kernel/actor";

/** Behind what pages read without anybody being signed in. */
export const SYSTEM_ACTOR: Actor = { kind: "system", part: "site" };
