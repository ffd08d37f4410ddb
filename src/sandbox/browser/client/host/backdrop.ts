/**
 * The colour behind an element on the page.
 *
 * A frame is transparent, and whoever judges contrast inside it (accessibility checkers, forced colours) takes white for
 * the background. So the page tells it what is really behind, and again when its theme changes.
 */

/** Long enough for the colour transitions of a theme switch. */
const SETTLE_MS = 400;

function opacityOf(color: string): number {
  if (color === "transparent") return 0;
  const alpha = /\/\s*([\d.]+)(%?)\s*\)$/.exec(color) ?? /^rgba\(.*,\s*([\d.]+)(%?)\s*\)$/.exec(color);
  if (alpha === null) return 1;
  return Number(alpha[1]) / (alpha[2] === "%" ? 100 : 1);
}

/** The plain colour behind a node; null where an image, a gradient or translucency makes it more than a colour. */
export function backdropOf(node: HTMLElement): string | null {
  for (let current: HTMLElement | null = node; current !== null; current = current.parentElement) {
    const { backgroundColor, backgroundImage } = getComputedStyle(current);
    if (backgroundImage !== "none") return null;
    const opacity = opacityOf(backgroundColor);
    if (opacity === 1) return backgroundColor;
    if (opacity > 0) return null;
  }
  return null;
}

/** Calls back when what is behind the node may have changed; returns how to stop. */
export function watchBackdrop(node: HTMLElement, changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    changed();
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS);
  };
  const observer = new MutationObserver(look);
  for (const watched of [document.documentElement, document.body, node])
    observer.observe(watched, { attributes: true });
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", look);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    scheme.removeEventListener("change", look);
  };
}
