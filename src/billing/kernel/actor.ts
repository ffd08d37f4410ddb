/** Who is behind a change. Every transport turns its session, key or trigger into one of these; the audit log keeps it. */

/** The cause of a change. */
export type Actor =
  | { kind: "user"; userId: string; tenantId: string; label: string }
  | { kind: "operator"; userId: string; label: string }
  | { kind: "api_key"; keyId: string /** Null: an operator key. */; tenantId: string | null; label: string }
  | { kind: "webhook"; eventId: string }
  | { kind: "worker"; task: string }
  | { kind: "system"; part: string };

/** The actor as the audit log writes it, for example "user:usr_1". */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case "user":
      return `user:${actor.userId}`;
    case "operator":
      return `operator:${actor.userId}`;
    case "api_key":
      return `api_key:${actor.keyId}`;
    case "webhook":
      return `webhook:${actor.eventId}`;
    case "worker":
      return `worker:${actor.task}`;
    case "system":
      return `system:${actor.part}`;
  }
}
