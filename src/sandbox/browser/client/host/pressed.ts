/**
 * Holds a change of the page's layout back while a button of the pointer is down on it.
 *
 * Pressing the page's button takes the focus out of a frame; a field left unfinished then says so, the frame grows, and the
 * button moves from under the pointer before it is let go: the browser sees no click, and the person has to press again.
 */
let isPressed = false;
let held: Array<() => void> = [];

function release(): void {
  isPressed = false;
  const changes = held;
  held = [];
  // The click follows the release within the same turn.
  setTimeout(() => {
    for (const change of changes) change();
  });
}

const onTheWayDown = { capture: true, passive: true };
window.addEventListener("pointerdown", () => (isPressed = true), onTheWayDown);
window.addEventListener("pointerup", release, onTheWayDown);
window.addEventListener("pointercancel", release, onTheWayDown);

/** Makes the change now, or once nothing is pressed any more; changes keep their order. */
export function onceReleased(change: () => void): void {
  if (isPressed) held.push(change);
  else change();
}
