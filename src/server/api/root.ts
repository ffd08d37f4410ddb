/** The router: every procedure of our own pages, by slice. */
import { accountRouter } from "./routers/account";
import { apiKeysRouter } from "./routers/api-keys";
import { auditRouter } from "./routers/audit";
import { billingDetailsRouter } from "./routers/billing-details";
import { catalogRouter } from "./routers/catalog";
import { developmentRouter } from "./routers/development";
import { dunningRouter } from "./routers/dunning";
import { fixPaymentRouter } from "./routers/fix-payment";
import { invoicesRouter } from "./routers/invoices";
import { operatorRouter } from "./routers/operator";
import { paymentsRouter } from "./routers/payments";
import { revenueRouter } from "./routers/revenue";
import { subscriptionsRouter } from "./routers/subscriptions";
import { usageRouter } from "./routers/usage";
import { createCallerFactory, router } from "./trpc";

export const appRouter = router({
  account: accountRouter,
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  billingDetails: billingDetailsRouter,
  catalog: catalogRouter,
  development: developmentRouter,
  dunning: dunningRouter,
  fixPayment: fixPaymentRouter,
  invoices: invoicesRouter,
  operator: operatorRouter,
  payments: paymentsRouter,
  revenue: revenueRouter,
  subscriptions: subscriptionsRouter,
  usage: usageRouter,
});

/** The type browsers are written against. */
export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);
