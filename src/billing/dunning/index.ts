/** The public face of dunning: what is done about an invoice that is not paid, by news, by the clock and by people. */
export { keepPayByLink, PAY_BY_LINK_OPERATION } from "./collect-by-link";
export { followInvoice, followSubscription } from "./follow-invoice";
export { getCase, getFixPaymentUrl, getStanding, listCases } from "./list-cases";
export {
  type DunningCase,
  type DunningCaseDetail,
  type DunningCaseInput,
  type DunningCaseView,
  type DunningNotice,
  type DunningStage,
  type DunningStanding,
  dunningCaseInputSchema,
  type FixPaymentView,
  type ListCasesInput,
  listCasesSchema,
  type PaidByLink,
  type PayByLinkInput,
  payByLinkSchema,
} from "./model";
export type { TellTenant } from "./notice";
export { retryCase, stopCase } from "./operate";
export { openLink, payByLink, settleByLink, startSetupByLink } from "./pay-by-link";
export { nextDunningStepAt, takeDueSteps } from "./take-steps";
