/**
 * Names and secrets of tenants: which slugs may be taken, how one is made from a name, what an API key looks like, and who
 * may act for whom. Pure but for the random characters of a new key.
 */
import { crc32 } from "node:zlib";
import type { Actor } from "../kernel/actor";
import { randomText } from "../kernel/ids";
import { slugSchema } from "./model";

/** Words that are or may become paths, hosts or roles; a tenant of that name could pass for us. */
const RESERVED_SLUGS = new Set(
  `about account accounts admin administrator api app assets auth billing blog catalog cdn checkout config console dashboard
  dev docs email favicon help health home host internal invoice invoices legal list login logout mail me metrics new news null
  operator operators owner payment payments plan plans portal pricing privacy public quittance register root sandbox
  secure security session settings sign-in sign-out sign-up signin signout signup static status stripe subscriptions support
  system team tenant tenants terms test trpc undefined usage user users webhook webhooks www`.split(/\s+/),
);

const SLUG_LENGTH_MAX = 40;
const SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 7;
const KEY_PATTERN = new RegExp(`^qk_([0-9A-Za-z]{${SECRET_LENGTH}})([0-9a-z]{${CHECKSUM_LENGTH}})$`);

/** Why a slug may not be taken, or null when it may. */
export function slugRefusal(slug: string): "reserved" | "shape" | null {
  if (!slugSchema.safeParse(slug).success) return "shape";
  return RESERVED_SLUGS.has(slug) ? "reserved" : null;
}

/**
 * The slugs to try for a name, in order: "acme-labs", "acme-labs-2", … A name without a usable letter, or with a reserved
 * one, is put behind "org".
 */
export function slugFromName(name: string, attempt: number): string {
  const letters = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const suffix = attempt > 1 ? `-${attempt}` : "";
  const shorten = (text: string) => text.slice(0, SLUG_LENGTH_MAX - suffix.length).replace(/^-+|-+$/g, "");
  const base = shorten(letters.replace(/^-+|-+$/g, ""));
  if (slugRefusal(base) === null) return `${base}${suffix}`;
  return `${shorten(base === "" ? "org" : `org-${base}`)}${suffix}`;
}

/** A new API key in clear: "qk_", 32 random characters (186 bits), and a checksum that tells a typing slip from a guess. */
export function newApiKey(): string {
  const secret = randomText(SECRET_LENGTH);
  return `qk_${secret}${checksum(secret)}`;
}

/** Whether a text is a key that we could have made; says nothing about whether we did. */
export function isApiKeyShaped(key: string): boolean {
  const [, secret, sum] = KEY_PATTERN.exec(key) ?? [];
  return secret !== undefined && sum === checksum(secret);
}

/** How lists show a key: enough to recognise it, far too little to use it. */
export function displayApiKey(key: string): string {
  return `${key.slice(0, 7)}…${key.slice(-4)}`;
}

/** Whether an actor may act for a tenant. A user may where a membership says so, which only the database knows. */
export function mayActFor(actor: Actor, tenantId: string): boolean | "when_member" {
  if (actor.kind === "user") return "when_member";
  return actor.kind !== "api_key" || actor.tenantId === null || actor.tenantId === tenantId;
}

function checksum(secret: string): string {
  return crc32(secret).toString(36).padStart(CHECKSUM_LENGTH, "0");
}
