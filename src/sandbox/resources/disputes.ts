/** /v1/disputes. */
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, boolean, hash, inTimeRange, metadata, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { fileEvidence, textEvidence } from "../payments/dispute-evidence";
import { closeDispute, updateDispute } from "../payments/disputes";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";

const evidenceText = string({ maxLength: 20_000 }).clearable();
type EvidenceName = (typeof textEvidence)[number] | (typeof fileEvidence)[number];

// The lists of names are the schema's only source, so the record is whole by construction.
const evidence = hash(
  Object.fromEntries([...textEvidence, ...fileEvidence].map((name) => [name, evidenceText])) as Record<
    EvidenceName,
    typeof evidenceText
  >,
  ["appeal", "enhanced_evidence"],
);

/** Files of evidence must have been uploaded as such. */
function checkFiles(tx: Transaction, given: { [K in EvidenceName]?: string | null | undefined }): void {
  for (const name of fileEvidence) {
    const id = given[name];
    if (id === undefined || id === null) continue;
    const param = `evidence[${name}]`;
    const file = tx.find("file", id);
    if (file === undefined) {
      throw invalidRequest(`No such file upload: '${id}'`, { code: "resource_missing", param });
    }
    if (file.purpose !== "dispute_evidence") {
      throw invalidRequest("Files of evidence must be uploaded with the purpose `dispute_evidence`.", { param });
    }
  }
}

/** The routes of disputes. They are opened by test cards and by the controls, never by the API. */
export const disputeRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/disputes",
    accepts: { ...pageParameters, charge: string(), created: timeRange(), payment_intent: string() },
    handle(tx, { params }) {
      const { charge, created, payment_intent: intent } = params;
      const matching = tx.list(
        "dispute",
        (dispute) =>
          (charge === undefined || idOf(dispute.charge) === charge) &&
          (intent === undefined || idOf(dispute.payment_intent) === intent) &&
          inTimeRange(created, dispute.created),
      );
      return paginate(matching, params, "/v1/disputes");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/disputes/:id",
    accepts: {},
    handle: (tx, input) => tx.get("dispute", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/disputes/:id",
    accepts: { evidence, metadata: metadata(), submit: boolean() },
    unsupported: ["intended_submission_method"],
    handle(tx, input) {
      const current = tx.get("dispute", pathValue(input, "id"));
      const { evidence: given, metadata: change, submit } = input.params;
      if (given !== undefined) checkFiles(tx, given);
      return updateDispute(tx, current, {
        evidence: given === undefined ? undefined : withoutUndefined(given),
        submit,
        metadata: applyMetadata(current.metadata, change),
      });
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/disputes/:id/close",
    accepts: {},
    handle: (tx, input) => closeDispute(tx, tx.get("dispute", pathValue(input, "id"))),
  }),
];

function withoutUndefined(given: { [K in EvidenceName]?: string | null | undefined }): {
  [K in EvidenceName]?: string | null;
} {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
