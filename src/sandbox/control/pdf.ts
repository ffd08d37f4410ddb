/**
 * A PDF of plain pages, written by hand: text in the standard Helvetica fonts, and hairlines.
 *
 * Owns: the file's objects, its cross references, the encoding of text, and the widths by which text is set flush right.
 * Refuses: fonts of its own, images, and characters beyond Western European ones, which become question marks.
 */

/** A page in points from the upper left corner: 595 × 842 is A4, 612 × 792 letter. */
export interface PdfPage {
  width: number;
  height: number;
  marks: PdfMark[];
}

/** Something on a page. */
export type PdfMark =
  | { kind: "text"; x: number; y: number; size: number; text: string; bold?: boolean; flush?: "right" }
  | { kind: "line"; x: number; y: number; length: number };

/** The file's bytes. */
export function pdfOf(title: string, pages: readonly PdfPage[]): Buffer {
  const first = 5;
  const kids = pages.map((_page, index) => `${first + index * 2} 0 R`).join(" ");
  const font = (name: string) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    font("Helvetica"),
    font("Helvetica-Bold"),
    ...pages.flatMap((page, index) => {
      const content = contentOf(page);
      const resources = "<< /Font << /F1 3 0 R /F2 4 0 R >> >>";
      const box = `[0 0 ${page.width} ${page.height}]`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Resources ${resources} /Contents ${first + index * 2 + 1} 0 R >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
    `<< /Title (${escapeText(title)}) /Producer (Stripe sandbox) >>`,
  ];
  return assemble(objects);
}

/** How wide Helvetica sets a text. */
export function textWidth(text: string, size: number): number {
  const units = [...text].reduce((sum, character) => sum + (widths.get(character) ?? 556), 0);
  return (units * size) / 1_000;
}

function assemble(objects: readonly string[]): Buffer {
  let file = "%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n";
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>`;
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n${trailer}\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, "latin1");
}

function contentOf(page: PdfPage): string {
  const rows = page.marks.map((mark) => {
    const y = (page.height - mark.y).toFixed(2);
    if (mark.kind === "line") return `0.5 w 0.75 G ${mark.x} ${y} m ${mark.x + mark.length} ${y} l S`;
    const x = mark.flush === "right" ? mark.x - textWidth(mark.text, mark.size) : mark.x;
    const font = mark.bold === true ? "F2" : "F1";
    return `BT /${font} ${mark.size} Tf ${x.toFixed(2)} ${y} Td (${escapeText(mark.text)}) Tj ET`;
  });
  return rows.join("\n");
}

/** Text in the file's encoding, one byte a character. */
function escapeText(text: string): string {
  return [...text]
    .map((character) => {
      const special = beyondLatin.get(character);
      if (special !== undefined) return special;
      const code = character.codePointAt(0) ?? 63;
      if (code < 32 || (code > 126 && code < 160) || code > 255) return "?";
      return "\\()".includes(character) ? `\\${character}` : character;
    })
    .join("");
}

const beyondLatin = new Map([
  ["€", "\u0080"],
  ["–", "\u0096"],
  ["—", "\u0097"],
  ["’", "\u0092"],
  ["…", "\u0085"],
]);

const widths = new Map<string, number>();
for (const [units, characters] of [
  [191, "'"],
  [222, "ijl’"],
  [260, "|"],
  [278, " !,./:;I[]\\ft"],
  [333, "()-r`"],
  [355, '"'],
  [500, "ckxyzJsv"],
  [584, "+<=>~×"],
  [611, "FTZ"],
  [667, "ABEKPSVXY&"],
  [722, "CDHNRUw"],
  [778, "GOQ"],
  [833, "mM"],
  [889, "%"],
  [944, "W"],
  [1_015, "@"],
] as const) {
  for (const character of characters) widths.set(character, units);
}
