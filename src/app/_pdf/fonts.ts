/**
 * The typefaces of the PDF, embedded from npm so that nothing is fetched. One file per script: a line takes each letter from
 * the first family that has it.
 */
import { join } from "node:path";
import { Font } from "@react-pdf/renderer";

const SANS_SCRIPTS = ["latin", "latin-ext", "cyrillic", "greek"];
const SERIF_SCRIPTS = ["latin", "latin-ext"];

/** Families to try in order. */
export const SANS = SANS_SCRIPTS.map((script) => `Inter ${script}`);
export const SERIF = [...SERIF_SCRIPTS.map((script) => `Source Serif ${script}`), ...SANS];
export const MONO = ["Plex Mono latin", ...SANS];

const file = (family: string, script: string, weight: number) =>
  join(process.cwd(), "node_modules/@fontsource", family, "files", `${family}-${script}-${weight}-normal.woff`);

let registered = false;

/** Makes the families known to the renderer, once. */
export function registerFonts(): void {
  if (registered) return;
  registered = true;
  for (const script of SANS_SCRIPTS) {
    const fonts = [400, 600].map((fontWeight) => ({ src: file("inter", script, fontWeight), fontWeight }));
    Font.register({ family: `Inter ${script}`, fonts });
  }
  for (const script of SERIF_SCRIPTS) {
    const fonts = [400, 600].map((fontWeight) => ({ src: file("source-serif-4", script, fontWeight), fontWeight }));
    Font.register({ family: `Source Serif ${script}`, fonts });
  }
  Font.register({ family: "Plex Mono latin", src: file("ibm-plex-mono", "latin", 400) });
  // Names and numbers are never broken with a hyphen that is not in them.
  Font.registerHyphenationCallback((word) => [word]);
}
