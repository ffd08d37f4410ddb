/** What is sold. */
import { getCatalog } from "@/billing/catalog";
import { SYSTEM_ACTOR } from "../system-actor";
import { publicProcedure, router } from "../trpc";

export const catalogRouter = router({
  current: publicProcedure.query(({ ctx }) => getCatalog(ctx.runtime.contextFor(SYSTEM_ACTOR))),
});
