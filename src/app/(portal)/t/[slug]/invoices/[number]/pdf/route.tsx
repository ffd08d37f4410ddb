/** The invoice as a PDF, made from the same view as the page, so the numbers are the same. */
import { renderToBuffer } from "@react-pdf/renderer";
import { TRPCError } from "@trpc/server";
import { env } from "@/env";
import { api, failureOnServer } from "@/trpc/server";
import { registerFonts } from "../../../../../../_pdf/fonts";
import { InvoiceDocument } from "../../../../../../_pdf/invoice-document";

type Parameters = { params: Promise<{ slug: string; number: string }> };

export async function GET(_request: Request, { params }: Parameters): Promise<Response> {
  const { slug, number } = await params;
  try {
    const [{ tenant }, invoice] = await Promise.all([
      api.account.tenant({ tenant: slug }),
      api.invoices.get({ tenant: slug, invoiceId: number }),
    ]);
    if (invoice.status === "draft") return refuse(409, "A draft has no PDF: it may still change.");
    registerFonts();
    const pdf = await renderToBuffer(
      <InvoiceDocument
        invoice={invoice}
        timeZone={tenant.timeZone}
        pageUrl={`${env().publicUrl}/t/${tenant.slug}/invoices/${invoice.number}`}
      />,
    );
    return new Response(new Uint8Array(pdf), {
      headers: {
        "Content-Type": "application/pdf",
        "Content-Disposition": `inline; filename="${invoice.number.replaceAll(/[^\w-]/g, "_")}.pdf"`,
        "Cache-Control": "private, no-store",
      },
    });
  } catch (error) {
    const { message, requestId } = await failureOnServer(error);
    const known = error instanceof TRPCError ? STATUS[error.code] : undefined;
    return refuse(known ?? 500, `${message} (${requestId})`);
  }
}

const STATUS: Partial<Record<TRPCError["code"], number>> = { UNAUTHORIZED: 401, FORBIDDEN: 403, NOT_FOUND: 404 };

function refuse(status: number, text: string): Response {
  return new Response(text, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}
