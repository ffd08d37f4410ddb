/**
 * The link in a letter: who holds it may look at one invoice and pay it, without an account.
 *
 * Owns its form, `<payload>.<signature>`: the payload names tenant, invoice and expiry, the signature is an HMAC over it with
 * a secret of the installation. Nothing is stored, so nothing can be listed or leaked from here; a new secret ends every
 * link. Refuses whatever it has not signed, compared in constant time, before it looks at what the payload says.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { BillingContext } from "../context";

/** What a link names. */
export interface FixPaymentLink {
  tenantId: string;
  stripeInvoiceId: string;
  expiresAt: Date;
}

/** Long enough for a letter that lies for a while; every letter brings a fresh one. */
const LIFETIME_DAYS = 30;
const DAY_MS = 86_400_000;
/** Part of what is signed, so that no other signature of the same secret is ever taken for a link. */
const PURPOSE = "fix-payment:1";

/** The text of a link; null when the installation has no secret to sign with. */
export function signLink(
  ctx: Pick<BillingContext, "settings">,
  link: Pick<FixPaymentLink, "tenantId" | "stripeInvoiceId"> & { now: Date },
): string | null {
  const { linkSecret } = ctx.settings;
  if (linkSecret === null) return null;
  const expiry = Math.floor((link.now.getTime() + LIFETIME_DAYS * DAY_MS) / 1000);
  const payload = Buffer.from([link.tenantId, link.stripeInvoiceId, expiry].join(" ")).toString("base64url");
  return `${payload}.${signature(linkSecret, payload).toString("base64url")}`;
}

/** What a link names, or null when it was not signed here. Whether it has expired is for its reader to say. */
export function readLink(ctx: Pick<BillingContext, "settings">, text: string): FixPaymentLink | null {
  const { linkSecret } = ctx.settings;
  const [payload = "", given = "", ...rest] = text.split(".");
  if (linkSecret === null || rest.length > 0) return null;
  const expected = signature(linkSecret, payload);
  const presented = Buffer.from(given, "base64url");
  if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) return null;
  const [tenantId, stripeInvoiceId, expiry] = Buffer.from(payload, "base64url").toString("utf8").split(" ");
  if (!tenantId || !stripeInvoiceId || !expiry) return null;
  return { tenantId, stripeInvoiceId, expiresAt: new Date(Number(expiry) * 1000) };
}

/** The address a letter or a banner points to: the page without signing in, or the invoice's own page. */
export function fixPaymentUrl(
  ctx: Pick<BillingContext, "settings">,
  of: { tenantId: string; tenantSlug: string; stripeInvoiceId: string; invoiceNumber: string; now: Date },
): string {
  const { publicUrl } = ctx.settings;
  const link = signLink(ctx, of);
  if (link === null) return `${publicUrl}/t/${of.tenantSlug}/invoices/${of.invoiceNumber}`;
  return `${publicUrl}/fix-payment?link=${link}`;
}

function signature(secret: string, payload: string): Buffer {
  return createHmac("sha256", secret).update(`${PURPOSE} ${payload}`).digest();
}
