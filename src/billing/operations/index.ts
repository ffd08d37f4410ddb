/** The public face of operations: promises made before Stripe is asked, and replies kept for repeated calls. */
export { carryOut, type OperationBeats, type OperationRequest, type Promised } from "./carry-out";
export {
  OPERATION_KINDS,
  type OpenedOperation,
  type OpenOperationInput,
  type OperationKind,
  type OperationStatus,
  type ReplyRequest,
  type ReplyState,
  type UnsettledOperation,
} from "./model";
export { inProgress, openOperation } from "./open-operation";
export { abandonReply, beginReply, settleReply, sweepReplies } from "./replies";
export {
  findInterrupted,
  findUnsettledRequest,
  interrupted,
  isSuperseded,
  listUnsettled,
  settleOperation,
} from "./settle-operation";
export { findLatestDone } from "./store";
