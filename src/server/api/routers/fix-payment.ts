/** What the holder of a letter's link may do without signing in. The link is the right; every verb checks it itself. */
import { openLink, payByLink, payByLinkSchema, settleByLink, startSetupByLink } from "@/billing/dunning";
import type { Actor } from "@/billing/kernel/actor";
import { tellTenant } from "@/billing/notifications";
import { publicProcedure, router } from "../trpc";

const LINK_HOLDER: Actor = { kind: "system", part: "payment-link" };
const oneLink = payByLinkSchema.pick({ link: true });

const linkProcedure = publicProcedure.use(({ ctx, next }) =>
  next({ ctx: { billing: ctx.runtime.contextFor(LINK_HOLDER) } }),
);

export const fixPaymentRouter = router({
  /** A mutation although it only reads: what a query asks stands in addresses, and so in logs. */
  open: linkProcedure.input(oneLink).mutation(({ ctx, input }) => openLink(ctx.billing, input.link)),

  startSetup: linkProcedure.input(oneLink).mutation(({ ctx, input }) => startSetupByLink(ctx.billing, input.link)),

  pay: linkProcedure.input(payByLinkSchema).mutation(({ ctx, input }) => payByLink(ctx.billing, tellTenant, input)),

  /** After the browser has answered the bank. */
  settle: linkProcedure.input(oneLink).mutation(({ ctx, input }) => settleByLink(ctx.billing, tellTenant, input.link)),
});
