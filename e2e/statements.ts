/** What an invoice says, line by line, as its page shows it. */
import { expect, type Page } from "@playwright/test";

/** An invoice in the list of the REST API; the parts specs read. */
export interface InvoiceRow {
  invoice_number: string;
  status: string;
  total: number;
  issued_at: string | null;
  due_at: string;
}

/** Lines as description, quantity, unit price and amount; then the sums by name. */
export interface Statement {
  lines: Array<[description: string, quantity: string, unitPrice: string, amount: string]>;
  sums: Array<[name: string, amount: string]>;
  status: string;
}

/** The renewal of Professional with 145 jobs, 62.5 GB and 1,247 calls. */
export const PAID_RENEWAL: Statement = {
  lines: [
    ["Professional", "1", "$299.00", "$299.00"],
    ["Additional Quantum Jobs", "45", "$0.50", "$22.50"],
    ["Additional Storage", "12.5", "$0.10", "$1.25"],
    ["Additional API Calls", "1,247", "$0.001", "$1.25"],
  ],
  sums: [
    ["Subtotal", "$324.00"],
    ["Tax", "$25.92"],
    ["Total", "$349.92"],
  ],
  status: "Paid",
};

/** The page of an invoice shows exactly these lines, in this order, and these sums. */
export async function expectInvoiceStatement(page: Page, number: string, statement: Statement): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: number })).toBeVisible();
  const table = page.getByRole("table", { name: `Lines of invoice ${number}` });
  const rows = table.locator("tbody").getByRole("row");
  await expect(rows).toHaveCount(statement.lines.length);
  for (const [index, [description, ...cells]] of statement.lines.entries()) {
    await expect(rows.nth(index).getByRole("rowheader")).toContainText(description);
    await expect(rows.nth(index).getByRole("cell")).toHaveText(cells);
  }
  const sums = table.locator("tfoot").getByRole("row");
  await expect(sums).toHaveCount(statement.sums.length);
  for (const [index, [name, amount]] of statement.sums.entries()) {
    await expect(sums.nth(index)).toContainText(name);
    await expect(sums.nth(index).getByRole("cell").last()).toHaveText(amount);
  }
  await expect(page.getByRole("main")).toContainText(`Status${statement.status}`);
}
