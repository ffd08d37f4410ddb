/** What the pages for customers (checkout, portal) have in common: their head, and text as it may stand in HTML. */
import { stylesheet } from "../face/style";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as it may stand in HTML, in quotes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

const narrow = `
main { max-width: 608px; padding-top: 48px; }
form.stack label { margin: 16px 0 4px; }
form.stack input, form.stack select, form.stack textarea { width: 100%; }
form.stack button, .actions button { margin-top: 16px; min-height: 44px; }
form.stack input, form.stack select { min-height: 44px; }
fieldset.stack { display: block; margin-top: 24px; }
fieldset.stack legend { font-weight: 600; font-size: 15px; color: inherit; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 16px; }
table.sum th { color: inherit; font-size: inherit; font-weight: 400; white-space: normal; }
table.sum td { text-align: right; vertical-align: middle; }
table.sum tr.due th, table.sum tr.due td { font-weight: 600; }
table.sum input { width: 72px; min-height: 44px; margin-left: 8px; }
section { border-top: 1px solid var(--rule); padding: 16px 0 24px; }
section h2, section h3 { margin: 0 0 4px; font: 600 15px/1.6 Inter, system-ui, sans-serif; }
.actions { display: flex; flex-wrap: wrap; gap: 0 16px; }
.card-name { font-variant-numeric: tabular-nums; }
section > p { margin: 8px 0 0; }
#submit, #save { width: 100%; background: var(--accent); color: var(--on-accent); }
#submit:disabled, #save:disabled { opacity: 0.6; cursor: default; }
[role=alert] { color: var(--loss); margin: 8px 0 0; }
[role=alert]:empty { margin: 0; }
iframe { color-scheme: light; }
input[type="radio"], input[type="checkbox"] { width: 20px !important; min-height: 20px !important; height: 20px; margin: 0; flex: none; accent-color: var(--accent); }
label.choice { display: flex !important; gap: 12px; align-items: center; min-height: 44px; color: inherit; font-size: 15px; margin: 0 !important; }
@media (max-width: 600px) { main { padding-top: 24px; } .scroll th, .scroll td { padding-right: 10px; font-size: 14px; } .pair { grid-template-columns: 1fr; } }
`;

/** The head of the sandbox's own small pages. */
export function headOf(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${stylesheet}${narrow}</style>
</head>
`;
}
