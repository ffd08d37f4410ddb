/**
 * Dresses a frame in the page's appearance: a theme, variables over it, rules over those; for card elements the older
 * `style` option.
 *
 * Variables become CSS custom properties of the same name. Selectors and properties are checked one by one and set
 * through the CSSOM, so nothing the page sends can become other CSS than what it names.
 */
import { isJson, type Json, part } from "../shared/protocol";

const paper: Record<string, string> = {
  colorPrimary: "#1d4f91",
  colorBackground: "#ffffff",
  colorText: "#20242b",
  colorTextSecondary: "#59606b",
  colorTextPlaceholder: "#6d7480",
  colorDanger: "#b4232a",
  colorSuccess: "#1b7f4d",
  colorWarning: "#8a5a00",
  fontFamily: "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontSizeBase: "16px",
  fontWeightNormal: "400",
  fontWeightMedium: "500",
  fontWeightBold: "600",
  fontLineHeight: "1.4",
  spacingUnit: "4px",
  borderRadius: "6px",
};

const themes: Record<string, Record<string, string>> = {
  stripe: paper,
  flat: { ...paper, colorBackground: "#f1f2f4", borderRadius: "4px" },
  night: {
    ...paper,
    colorPrimary: "#8db8f2",
    colorBackground: "#23262c",
    colorText: "#eef0f3",
    colorTextSecondary: "#b1b7c1",
    colorTextPlaceholder: "#969dab",
    colorDanger: "#ff9087",
    colorSuccess: "#6fd3a0",
    colorWarning: "#f0c674",
  },
  none: paper,
};

const selectorShape = /^\.[A-Z][A-Za-z]*(--[a-z][A-Za-z]*)?(:{1,2}[a-z-]+)*$/;
const propertyShape =
  /^(background(-color)?|border(-[a-z-]+)?|box-shadow|color|fill|font(-[a-z-]+)?|letter-spacing|line-height|margin(-[a-z]+)?|opacity|outline(-[a-z]+)?|padding(-[a-z]+)?|text-(decoration|shadow|transform|align|indent)|transition|-webkit-[a-z-]+|-moz-[a-z-]+)$/;

function cssName(name: string): string {
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return /^(webkit|moz)-/.test(kebab) ? `-${kebab}` : kebab;
}

function setProperties(style: CSSStyleDeclaration, properties: unknown): void {
  if (!isJson(properties)) return;
  for (const [name, value] of Object.entries(properties)) {
    const property = cssName(name);
    if (typeof value !== "string" && typeof value !== "number") continue;
    if (!propertyShape.test(property) || /url\(|image-set\(/i.test(String(value))) continue;
    style.setProperty(property, String(value));
  }
}

function addRule(sheet: CSSStyleSheet, selector: string, properties: unknown): void {
  const place = sheet.insertRule(`${selector} {}`, sheet.cssRules.length);
  const rule = sheet.cssRules[place];
  if (rule instanceof CSSStyleRule) setProperties(rule.style, properties);
}

/** How states look that have to stay visible whatever the page does to the part. */
const stateRules: ReadonlyArray<[selector: string, properties: Json]> = [
  [".Tab--selected", { borderColor: "var(--colorPrimary)", boxShadow: "0 0 0 1px var(--colorPrimary)" }],
  [".Input--invalid", { borderColor: "var(--colorDanger)" }],
];

const sheet = new CSSStyleSheet();

/** Applies an appearance to the document. */
export function applyAppearance(appearance: Json): void {
  const root = document.documentElement;
  const theme = typeof appearance.theme === "string" && appearance.theme in themes ? appearance.theme : "stripe";
  root.dataset.theme = theme;
  const isCondensed = appearance.inputs === "condensed";
  const isStated = appearance.labels === "floating" || appearance.labels === "above";
  // "auto": boxes that touch leave no room for labels between them.
  root.dataset.labels = isStated ? String(appearance.labels) : isCondensed ? "floating" : "above";
  root.dataset.inputs = isCondensed ? "condensed" : "spaced";
  root.toggleAttribute("data-still", appearance.disableAnimations === true);
  root.removeAttribute("style");
  const variables = { ...themes[theme], ...part(appearance, "variables") };
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[a-z][A-Za-z]*$/.test(name) || typeof value !== "string" || /url\(/i.test(value)) continue;
    root.style.setProperty(`--${name}`, value);
  }
  sheet.replaceSync("");
  const rules = Object.entries(part(appearance, "rules")).filter(([selector]) => selectorShape.test(selector));
  const [ofStates, ofParts] = [
    rules.filter(([one]) => one.includes("--")),
    rules.filter(([one]) => !one.includes("--")),
  ];
  // What the page says of a part must not hide its state; what it says of the state itself comes last.
  for (const [selector, properties] of [...ofParts, ...stateRules, ...ofStates]) addRule(sheet, selector, properties);
  document.adoptedStyleSheets = [sheet];
}

/** Applies the `style` option of card elements; these are plain text in a box of the page. */
export function applyLineStyle(style: unknown): void {
  for (const [variant, properties] of Object.entries(part(style))) {
    const selectors: Record<string, string> = {
      base: ".LineForm .Input",
      invalid: ".LineForm .is-invalid .Input",
      empty: ".LineForm .Input.Input--empty",
      complete: ".LineForm .is-filled:not(.is-invalid) .Input",
    };
    const selector = selectors[variant];
    if (selector === undefined || !isJson(properties)) continue;
    const plain = Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith(":")));
    addRule(sheet, selector, plain);
    if (typeof plain.iconColor === "string") addRule(sheet, ".LineForm .LineIcon", { color: plain.iconColor });
    for (const pseudo of [":focus", ":hover", ":disabled", "::placeholder", "::selection"]) {
      if (isJson(properties[pseudo])) addRule(sheet, `${selector}${pseudo}`, properties[pseudo]);
    }
  }
}

/** Loads fonts the page names: style sheets by address, faces by source. */
export function loadFonts(fonts: readonly Json[]): void {
  for (const font of fonts) {
    const { cssSrc, family, src, ...descriptors } = font;
    if (typeof cssSrc === "string") {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = cssSrc;
      document.head.append(link);
    } else if (typeof family === "string" && typeof src === "string") {
      const face = new FontFace(family, src, textOnly(descriptors));
      document.fonts.add(face);
      face.load().catch(() => undefined);
    }
  }
}

function textOnly(descriptors: Json): FontFaceDescriptors {
  const pick = (name: string) => (typeof descriptors[name] === "string" ? descriptors[name] : undefined);
  const given = { style: pick("style"), weight: pick("weight"), unicodeRange: pick("unicodeRange") };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Whether the frame's background is dark, so that lists and scroll bars follow. */
export function scheme(): "light" | "dark" {
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext("2d");
  if (context === null) return "light";
  context.fillStyle = "#fff";
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--colorBackground").trim();
  context.fillRect(0, 0, 1, 1);
  const [red = 255, green = 255, blue = 255] = context.getImageData(0, 0, 1, 1).data;
  return red * 0.299 + green * 0.587 + blue * 0.114 < 128 ? "dark" : "light";
}
