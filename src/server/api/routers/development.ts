/** Conveniences of the sandbox: the mailbox and the demo accounts. With real Stripe keys none of this exists. */
import { TRPCError } from "@trpc/server";
import { listMail } from "@/billing/notifications";
import { listDemoAccounts } from "../../auth/demo-accounts";
import { publicProcedure, router } from "../trpc";

const sandboxProcedure = publicProcedure.use(({ ctx, next }) => {
  if (ctx.runtime.mode !== "sandbox") throw new TRPCError({ code: "NOT_FOUND", message: "There is no such page." });
  return next();
});

export const developmentRouter = router({
  mailbox: sandboxProcedure.query(({ ctx }) => listMail(ctx.runtime.db, { limit: 50 })),
  demoAccounts: sandboxProcedure.query(({ ctx }) => listDemoAccounts(ctx.runtime.db)),
});
