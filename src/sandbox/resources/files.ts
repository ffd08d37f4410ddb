/** /v1/files: uploads, of which the sandbox keeps everything but the content. Evidence of disputes names them. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { hash, inTimeRange, integer, oneOf, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import type { Transaction } from "../store/transaction";

const purposes = [
  "account_requirement",
  "additional_verification",
  "business_icon",
  "business_logo",
  "customer_signature",
  "dispute_evidence",
  "identity_document",
  "pci_document",
  "tax_document_user_upload",
] as const;

const kinds: Record<string, string> = {
  "application/pdf": "pdf",
  "image/gif": "gif",
  "image/jpeg": "jpg",
  "image/png": "png",
  "text/csv": "csv",
};

/** What Stripe takes as evidence. */
const evidenceKinds = new Set(["jpg", "pdf", "png"]);

/** The kind of a file by its name, else by what its sender said. */
function kindOf(filename: string, contentType: string): string {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(filename)?.[1]?.toLowerCase();
  return ending === "jpeg" ? "jpg" : (ending ?? kinds[contentType] ?? "bin");
}

function createFile(
  tx: Transaction,
  purpose: (typeof purposes)[number],
  file: { filename: string; content_type: string; size: number },
): Stripe.File {
  const type = kindOf(file.filename, file.content_type);
  if (purpose === "dispute_evidence" && !evidenceKinds.has(type)) {
    throw invalidRequest(
      `The file type uploaded is not supported for purpose \`dispute_evidence\`: it has to be a PDF, a JPEG or a PNG, not ${type}.`,
      { param: "file" },
    );
  }
  if (file.size === 0) throw invalidRequest("The file is empty.", { param: "file" });
  const record = tx.put("file", {
    id: tx.newId("file"),
    object: "file",
    created: tx.now(null),
    expires_at: null,
    filename: file.filename,
    links: { object: "list", data: [], has_more: false, url: "/v1/file_links" },
    purpose,
    size: file.size,
    title: null,
    type,
    url: null,
  });
  return record;
}

/** The routes of files. Uploads come as multipart/form-data, which the listener turns into a form. */
export const fileRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/files",
    accepts: {
      file: hash({
        filename: string().required(),
        content_type: string().required(),
        size: integer({ minimum: 0 }).required(),
      }).required(),
      purpose: oneOf(...purposes).required(),
    },
    unsupported: ["file_link_data"],
    handle: (tx, { params }) => createFile(tx, params.purpose, params.file),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/files",
    accepts: { ...pageParameters, created: timeRange(), purpose: oneOf(...purposes) },
    handle(tx, { params }) {
      const { created, purpose } = params;
      const matching = tx.list(
        "file",
        (file) => (purpose === undefined || file.purpose === purpose) && inTimeRange(created, file.created),
      );
      return paginate(matching, params, "/v1/files");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/files/:id",
    accepts: {},
    handle: (tx, input) => tx.get("file", pathValue(input, "id")),
  }),
];
