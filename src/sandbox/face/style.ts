/** The one stylesheet of the face: paper and ink, hairlines, a green for what can be pressed; dark where people want it. */

/** Served as it stands. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --paper: oklch(0.984 0.004 85); --sunken: oklch(0.958 0.006 85); --ink: oklch(0.21 0.012 65);
  --quiet: oklch(0.46 0.014 70); --rule: oklch(0.895 0.008 82); --edge: oklch(0.61 0.014 75);
  --accent: oklch(0.48 0.11 160); --on-accent: oklch(0.99 0.01 160);
  --risk: oklch(0.5 0.11 62); --loss: oklch(0.49 0.17 27);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: oklch(0.188 0.006 70); --sunken: oklch(0.161 0.006 70); --ink: oklch(0.925 0.008 85);
    --quiet: oklch(0.715 0.012 80); --rule: oklch(0.302 0.009 72); --edge: oklch(0.56 0.012 75);
    --accent: oklch(0.785 0.118 160); --on-accent: oklch(0.185 0.03 160);
    --risk: oklch(0.815 0.118 78); --loss: oklch(0.765 0.13 26);
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.6 Inter, system-ui, sans-serif; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 3px; }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, [tabindex]:focus-visible {
  outline: 2px solid var(--accent); outline-offset: 2px;
}
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--paper); padding: 8px; }
header.top { border-bottom: 1px solid var(--rule); padding: 16px 24px; display: flex; flex-wrap: wrap; gap: 8px 32px; align-items: baseline; }
header.top strong { font: 600 18px/1.2 "Source Serif 4", Georgia, serif; }
header.top strong a { color: inherit; text-decoration: none; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; padding: 0; }
nav a { color: var(--quiet); text-decoration: none; padding: 4px 0; display: inline-block; }
nav a:hover { color: var(--ink); }
nav a[aria-current] { color: var(--ink); border-bottom: 2px solid var(--accent); }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 96px; }
h1 { font: 600 32px/1.25 "Source Serif 4", Georgia, serif; margin: 0 0 8px; overflow-wrap: anywhere; }
h2 { font: 600 15px/1.6 Inter, system-ui, sans-serif; margin: 40px 0 8px; }
p.lead { color: var(--quiet); margin: 0 0 24px; overflow-wrap: anywhere; }
.note { border-left: 3px solid var(--accent); padding: 8px 16px; margin: 0 0 24px; background: var(--sunken); overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 500; color: var(--quiet); font-size: 13px; }
th, td { padding: 8px 20px 8px 0; border-bottom: 1px solid var(--rule); vertical-align: top; white-space: nowrap; }
td.wide { white-space: normal; min-width: 200px; }
th.number, td.number { text-align: right; }
th:last-child, td:last-child { padding-right: 0; }
code, pre, .id { font: 13px/1.6 "IBM Plex Mono", ui-monospace, monospace; }
pre { background: var(--sunken); border: 1px solid var(--rule); padding: 16px; overflow: auto; max-height: 480px; margin: 8px 0; }
.quiet { color: var(--quiet); }
.risk { color: var(--risk); }
.loss { color: var(--loss); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 24px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
form.row { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: end; margin: 8px 0; }
td form.row { margin: 0; flex-wrap: nowrap; }
fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: end; min-width: 0; }
legend { padding: 0; color: var(--quiet); font-size: 13px; }
label { display: block; font-size: 13px; color: var(--quiet); }
input, select { font: inherit; color: inherit; background: transparent; border: 1px solid var(--edge); padding: 5px 8px; min-height: 36px; max-width: 100%; }
input[type="number"] { width: 96px; font-variant-numeric: tabular-nums; }
option { background: var(--paper); }
button { font: inherit; font-weight: 500; min-height: 36px; padding: 5px 14px; color: var(--accent); background: transparent; border: 1px solid var(--accent); cursor: pointer; }
button:hover { background: var(--accent); color: var(--on-accent); }
nav.pages { display: flex; gap: 8px 24px; align-items: baseline; margin: 16px 0; font-variant-numeric: tabular-nums; }
input[type="search"] { width: 280px; }
progress { width: 100%; accent-color: var(--accent); }
iframe.walk { width: 100%; height: 96px; border: 0; }
td a { display: inline-block; max-width: 320px; overflow: hidden; text-overflow: ellipsis; vertical-align: top; }
ol.timeline { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--rule); }
ol.timeline li { display: grid; grid-template-columns: 184px 1fr; gap: 0 24px; padding: 8px 0; border-bottom: 1px solid var(--rule); }
ol.timeline p { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 600px) {
  header.top { padding: 16px; }
  main { padding: 24px 16px 64px; }
  ol.timeline li, dl { grid-template-columns: 1fr; }
  dd { margin-bottom: 8px; }
}
`;
