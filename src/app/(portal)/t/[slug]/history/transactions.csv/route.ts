/** The ledger of a tenant as a file for spreadsheets, from the same view as the page. */
import { TRPCError } from "@trpc/server";
import type { Transaction } from "@/billing/payments/model";
import { transactionsCsv } from "@/billing/payments/rules-csv";
import { api, failureOnServer } from "@/trpc/server";
import { daysOf } from "../_components/transactions";

const PAGE = 200;
/** A file for a spreadsheet; whoever needs more asks for fewer days. */
const LINES_MAX = 10_000;

export async function GET(request: Request, { params }: { params: Promise<{ slug: string }> }): Promise<Response> {
  const { slug } = await params;
  const days = daysOf(Object.fromEntries(new URL(request.url).searchParams));
  try {
    const lines: Transaction[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.payments.transactions({ tenant: slug, ...days, cursor, limit: PAGE });
      lines.push(...page.transactions);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && lines.length < LINES_MAX);
    return new Response(transactionsCsv(lines), {
      headers: {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": `attachment; filename="transactions-${slug}.csv"`,
        "Cache-Control": "private, no-store",
      },
    });
  } catch (error) {
    const { message } = await failureOnServer(error);
    const status = error instanceof TRPCError ? statusOf(error.code) : 500;
    return new Response(message, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } });
  }
}

function statusOf(code: TRPCError["code"]): number {
  if (code === "UNAUTHORIZED") return 401;
  return code === "NOT_FOUND" ? 404 : 500;
}
